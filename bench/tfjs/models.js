// Makes random layers models of TensorFlow.js, and what they compute:
//
//	node models.js MODULES FOLDER COUNT SEED
//
// MODULES is the folder node_modules that has @tensorflow/tfjs. Each model is a folder
// N with model.json, w.bin, and check.json: the shape of inputs x, x and the outputs y.
const fs = require("fs");
const path = require("path");
const [modules, folder, count, seed] = process.argv.slice(2);
console.warn = () => {}; // which package for node would be faster
const tf = require(path.join(modules, "@tensorflow/tfjs"));

let state = Number(seed) >>> 0;
function random() { // mulberry32
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const below = (n) => Math.floor(random() * n);
const pick = (...list) => list[below(list.length)];
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const units = () => 1 + below(9);

const activation = () => pick("linear", "relu", "tanh", "sigmoid", "elu", "selu", "softplus", "softsign", "hardSigmoid", "relu6", "swish");

function recurrent(returnSequences) {
  const config = { units: units(), returnSequences, activation: pick("tanh", "tanh", "relu", "softsign"), useBias: random() < 0.8 };
  if (!returnSequences) config.goBackwards = random() < 0.2;
  const kind = pick("simpleRNN", "lstm", "gru");
  if (kind !== "simpleRNN") config.recurrentActivation = pick("sigmoid", "hardSigmoid");
  if (random() < 0.3) {
    delete config.goBackwards;
    return tf.layers.bidirectional({ layer: tf.layers[kind](config), mergeMode: pick("concat", "sum", "mul", "ave") });
  }
  return tf.layers[kind](config);
}

// A layer from a sequence to a sequence of as many steps.
function each() {
  switch (below(10)) {
    case 0: return tf.layers.dense({ units: units(), activation: activation(), useBias: random() < 0.8 });
    case 1: return tf.layers.conv1d({ filters: units(), kernelSize: 1 + below(4), padding: "same", dilationRate: 1 + below(2), activation: activation() });
    case 2: return tf.layers.conv1d({ filters: units(), kernelSize: 1, padding: "valid", activation: activation() }); // it has no causal ones
    case 3: return tf.layers.batchNormalization({ epsilon: pick(0.001, 0.01), scale: random() < 0.8, center: random() < 0.8 });
    case 4: return tf.layers.layerNormalization({ epsilon: 0.001 });
    case 5: return pick(tf.layers.leakyReLU({ alpha: 0.1 }), tf.layers.elu({}), tf.layers.prelu({ sharedAxes: [1] }), tf.layers.reLU({ maxValue: 1 }), tf.layers.softmax({ axis: -1 }));
    case 6: return tf.layers.timeDistributed({ layer: tf.layers.dense({ units: units(), activation: activation() }) });
    case 7: return pick(tf.layers.dropout({ rate: 0.5 }), tf.layers.spatialDropout1d({ rate: 0.5 }), tf.layers.gaussianNoise({ stddev: 1 }), tf.layers.activation({ activation: activation() }));
    default: return recurrent(true);
  }
}

// The steps that a fixed length of 12 leaves, and layers that change it.
function shorten(length) {
  switch (below(3)) {
    case 0: return [tf.layers.maxPooling1d({ poolSize: 2, strides: pick(1, 2), padding: pick("valid", "same") })];
    case 1: return [tf.layers.averagePooling1d({ poolSize: 3, strides: pick(1, 2, 3), padding: pick("valid", "same") })];
    default: return [tf.layers.conv1d({ filters: units(), kernelSize: 3, strides: pick(1, 2), padding: pick("valid", "same"), activation: "tanh" })];
  }
}

function last(fixed) {
  const ends = [
    () => [recurrent(false)],
    () => [tf.layers.globalMaxPooling1d({})],
    () => [tf.layers.globalAveragePooling1d({})],
    () => [],
  ];
  if (fixed) {
    ends.push(() => [tf.layers.flatten()]);
    ends.push(() => [recurrent(false), tf.layers.repeatVector({ n: pick(12, 5) }), recurrent(true)]);
    ends.push(() => [tf.layers.permute({ dims: [2, 1] }), recurrent(false)]);
  }
  return pick(...ends)();
}

function sequential() {
  const fixed = random() < 0.5;
  const length = fixed ? 12 : null;
  const model = tf.sequential();
  const tokens = random() < 0.3;
  const features = units();
  if (tokens) {
    model.add(tf.layers.embedding({ inputDim: 9, outputDim: features, batchInputShape: [null, length] }));
  } else {
    model.add(tf.layers.inputLayer({ batchInputShape: [null, length, features] }));
  }
  for (let i = below(4); i > 0; i--) model.add(each());
  if (fixed && random() < 0.5) for (const l of shorten()) model.add(l);
  for (let i = below(2); i > 0; i--) model.add(each());
  for (const l of last(fixed)) model.add(l);
  if (random() < 0.7) model.add(tf.layers.dense({ units: units(), activation: pick("linear", "softmax", "sigmoid", "tanh") }));
  return { model, tokens, features };
}

function functional() {
  const features = units();
  const x = tf.input({ shape: [pick(null, 12), features] });
  const width = units();
  const branch = () => {
    let t = x;
    for (let i = below(3); i > 0; i--) t = each().apply(t);
    return tf.layers.dense({ units: width, activation: activation() }).apply(t);
  };
  const shared = tf.layers.dense({ units: width, activation: "tanh" });
  let t = tf.layers[pick("add", "multiply", "average", "maximum", "minimum", "concatenate")]().apply([branch(), branch()]);
  if (random() < 0.4) t = tf.layers.concatenate().apply([t, x]);
  if (random() < 0.3) t = tf.layers.add().apply([shared.apply(x), shared.apply(x)]);
  for (const l of last(false)) t = l.apply(t);
  t = tf.layers.dense({ units: units(), activation: pick("linear", "softmax") }).apply(t);
  return { model: tf.model({ inputs: x, outputs: t }), tokens: false, features };
}

// quantized returns the weights as tensorflowjs_converter stores them.
function quantized(specs, data) {
  const kind = pick("uint8", "uint16", "float16");
  const parts = [];
  let at = 0;
  specs = specs.map((spec) => {
    const n = spec.shape.reduce((a, b) => a * b, 1);
    const values = new Float32Array(data.slice(at, at + 4 * n));
    at += 4 * n;
    if (kind === "float16") {
      const half = new Uint16Array(n).map((_, i) => halfOf(values[i]));
      parts.push(Buffer.from(half.buffer));
      return { ...spec, quantization: { dtype: kind, original_dtype: "float32" } };
    }
    const min = Math.min(...values), top = Math.max(...values);
    const scale = (top - min) / (kind === "uint8" ? 255 : 65535) || 1;
    const whole = (kind === "uint8" ? new Uint8Array(n) : new Uint16Array(n)).map((_, i) => Math.round((values[i] - min) / scale));
    parts.push(Buffer.from(whole.buffer));
    return { ...spec, quantization: { dtype: kind, min, scale, original_dtype: "float32" } };
  });
  const b = Buffer.concat(parts);
  return [specs, b.buffer.slice(b.byteOffset, b.byteOffset + b.length)];
}

function halfOf(v) { // of a number of moderate size, cut
  const bits = new Uint32Array(new Float32Array([v]).buffer)[0];
  const exponent = ((bits >>> 23) & 255) - 112;
  const sign = (bits >>> 16) & 0x8000;
  return exponent <= 0 ? sign : sign | (exponent << 10) | ((bits >>> 13) & 1023);
}

async function main() {
  await tf.setBackend("cpu");
  for (let i = 0; i < Number(count); i++) {
    let { model, tokens, features } = random() < 0.75 ? sequential() : functional();
    model.setWeights(model.getWeights().map((w, k) => {
      const positive = /variance|gamma/.test(model.weights[k].name);
      return tf.tensor(Float32Array.from({ length: w.size }, () => (positive ? 0.3 + Math.abs(normal()) : 0.4 * normal())), w.shape);
    }));
    let saved;
    await model.save(tf.io.withSaveHandler(async (a) => { saved = a; return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } }; }));
    let [specs, data] = [saved.weightSpecs, saved.weightData];
    if (Array.isArray(data)) data = await new Blob(data).arrayBuffer();
    if (random() < 0.3 && specs.length > 0) {
      [specs, data] = quantized(specs, data);
      model = await tf.loadLayersModel({ load: async () => ({ modelTopology: saved.modelTopology, weightSpecs: specs, weightData: data }) });
    }
    const shape = tokens ? [2, 12] : [2, 12, features];
    const n = shape.reduce((a, b) => a * b, 1);
    const x = Float32Array.from({ length: n }, () => (tokens ? below(9) : normal()));
    const y = model.predict(tf.tensor(x, shape)).dataSync();
    const to = path.join(folder, String(i));
    fs.mkdirSync(to, { recursive: true });
    fs.writeFileSync(path.join(to, "model.json"), JSON.stringify({
      format: "layers-model", generatedBy: "TensorFlow.js", convertedBy: null, modelTopology: saved.modelTopology,
      weightsManifest: [{ paths: ["w1.bin", "w2.bin"], weights: specs }],
    }));
    const half = Math.floor(data.byteLength / 2);
    fs.writeFileSync(path.join(to, "w1.bin"), Buffer.from(data.slice(0, half)));
    fs.writeFileSync(path.join(to, "w2.bin"), Buffer.from(data.slice(half)));
    fs.writeFileSync(path.join(to, "check.json"), JSON.stringify({ shape, tokens, x: Array.from(x), y: Array.from(y) }));
    tf.disposeVariables();
  }
}

main().catch((e) => { console.error(e); process.exit(1); });
