// npm `nanonets`: its one function, for a file and for an address. Its service's address is fixed, so it is led here by
// HTTP_PROXY and sends an absolute-form request target.
const assert = require('assert');
const told = JSON.parse(process.env.PROOFDESK_CLIENT);
const client = require('nanonets')(told.key);

async function main() {
  const filePath = `${told.documents}/i2d_oyo.pdf`;
  const byFile = JSON.parse(await client.predict({ modelType: 'OCR', modelId: 'general', filePath }));
  assert.strictEqual(byFile.message, 'Success');
  assert(byFile.result[0].prediction.length > 0 && byFile.result[0].input === 'i2d_oyo.pdf');
  console.log('ok: general reads a file');
  const fileURL = `${told.addresses}/i2d_oyo.pdf`;
  const byAddress = JSON.parse(await client.predict({ modelType: 'OCR', modelId: 'general', fileURL }));
  assert(byAddress.result[0].prediction.length === byFile.result[0].prediction.length);
  console.log('ok: general reads an address');
  const twin = JSON.parse(await client.predict({ modelType: 'ObjectDetection', modelId: 'general', filePath }));
  assert(twin.result[0].prediction.length > 0);
  console.log('ok: by the other path');
  // The client has no word for training; it asks the model that was trained over the API.
  const trained = JSON.parse(await client.predict({ modelType: 'OCR', modelId: told.model, filePath }));
  const labels = trained.result[0].prediction.map((box) => box.label).sort();
  assert.deepStrictEqual(labels, ['booking', 'total']);
  console.log('ok: the trained model says the trained labels');
}

main().catch((error) => {
  console.error(error);
  process.exit(1);
});
