//! The names that a service gives to things.

use serde::{Deserialize, Serialize};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
        pub struct $name(pub String);

        impl $name {
            /// The name itself.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(name: String) -> Self {
                Self(name)
            }
        }

        impl From<&str> for $name {
            fn from(name: &str) -> Self {
                Self(name.to_owned())
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                super::lenient::text(deserializer).map(Self)
            }
        }
    };
}

id! {
    /// Names a model of a service.
    ModelId
}
id! {
    /// Names a submitted file (`request_file_id`); all its pages share it.
    FileId
}
id! {
    /// Names a page of a submitted file.
    PageId
}
id! {
    /// Names a field or table on a page. Some services number them.
    BoxId
}
id! {
    /// Names a label of a model.
    LabelId
}
