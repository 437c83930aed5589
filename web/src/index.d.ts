/** What a model is for, and so which of its methods give an answer. */
export type Task = "regress" | "classify" | "tag" | "language" | "translate";

/** Sets of kernels. All give the same bits; without a choice, it is the fastest that the browser can run. */
export type Kernels = "relaxedsimd" | "simd128" | "generic";

/** A model file: its URL, a response, or its bytes. A string is a URL, too. */
export type Source = string | URL | Response | Blob | ArrayBuffer | Uint8Array;

/** Numbers, step after step: `[T][I]`. */
export type Numbers = Float32Array | readonly number[];

/** Tokens, step after step. */
export type Tokens = Int32Array | readonly number[];

/** The most probable class of a sequence. */
export interface Class {
	index: number;
	/** Empty if the model names no classes. */
	label: string;
	probability: number;
}

export interface Classification extends Class {
	/** Of all classes, in their order. */
	probabilities: Float32Array;
}

export interface Tag extends Class {
	/** The text of the token. */
	text: string;
}

/** What a layer carries from step to step. */
export interface State {
	layer: number;
	/** 1 if it is the reverse direction of a bidirectional layer. */
	direction: 0 | 1;
	h: Float32Array;
	/** The cells of an LSTM. */
	c?: Float32Array;
}

export interface Piece {
	text: string;
	/** After the last token that was read: that of the next piece, as the last character of a text is kept back until it is whole. */
	states: State[];
}

export interface GenerateOptions {
	/** The text to go on from. */
	prompt?: string;
	/** How many tokens to draw at most; 500 if not given, below 0: without end. */
	tokens?: number;
	/** Below 1 safer, above 1 wilder, 0: always the most probable token; 0.8 if not given. */
	temperature?: number;
	/** Draw from that many of the most probable tokens; 0, the default: from all. */
	topK?: number;
	/** From 0 to 2^53 - 1: the same gives the same text on every device. Another one each time if not given. */
	seed?: number;
}

export interface TranslateOptions {
	/** How many beginnings the search keeps; 4 if not given. */
	beam?: number;
	/** The most tokens of a translation; 256 if not given. */
	maxLength?: number;
}

export interface Translation {
	text: string;
	/** The mean of the logarithms of the tokens' probabilities. */
	score: number;
	/** Whether the translation ended, and was not cut to the longest length. */
	ended: boolean;
}

export interface SegmenterOptions {
	/** The seconds of a step: of a model, 1 / sampleRate. */
	stepSeconds: number;
	/** The least probability that begins speech; 0.5 if not given. */
	threshold?: number;
	/** The least probability of speech that goes on; 0.15 below the threshold if not given. */
	release?: number;
	/** The seconds of the shortest speech that counts; 0.25 if not given. */
	minSpeech?: number;
	/** The seconds of silence that end speech; 0.1 if not given. */
	minSilence?: number;
	/** The seconds before and after speech that belong to it, at most half of minSilence; 0.03 if not given. */
	pad?: number;
}

/** Speech, from start to end in seconds. */
export interface Segment {
	start: number;
	end: number;
}

/** What a model says of itself. */
export interface Description {
	readonly task: Task;
	/** The set of kernels that it runs on. */
	readonly kernels: string;
	/** The numbers that a step reads; 0 if it reads tokens. */
	readonly inputSize: number;
	/** The numbers that a step gives, or the whole sequence if the model is pooled. */
	readonly outputSize: number;
	/** The tokens that there are; 0 if the model reads numbers. */
	readonly vocabularySize: number;
	/** Whether it has a tokenizer. */
	readonly readsText: boolean;
	/** Whether it can be stepped. */
	readonly streamable: boolean;
	/** Whether it gives one answer for a sequence. */
	readonly pooled: boolean;
	/** Steps a second that it was made for; 0 if it does not say. */
	readonly sampleRate: number;
	readonly labels: readonly string[];
	/** The bytes that a session takes. */
	readonly sessionBytes: number;
	/** The inputs inside the file that verify replays. */
	readonly goldens: number;
}

/**
 * A network and its weights. What a method cannot do it says by an Error, with the text of
 * the one in Go. Of a model that translates, inputSize, outputSize, streamable, pooled,
 * sampleRate and labels are undefined.
 */
export interface Model extends Description {
	/** Starts a stream. */
	session(): Session;
	/** Gives the most probable class of a text, of numbers or of tokens. */
	classify(input: string | Numbers | Tokens): Classification;
	/** Gives the most probable class of each token of a text. */
	tag(text: string): Tag[];
	/** Writes a text, piece by piece: the prompt first. */
	generate(options?: GenerateOptions & { states?: false }): Generator<string, void, undefined>;
	/** Writes a text, with the states of the layers. They are views: copy what shall outlive the next piece. */
	generate(options: GenerateOptions & { states: true }): Generator<Piece, void, undefined>;
	/** Turns a text into others, the best first. */
	translate(text: string, options?: TranslateOptions): Translation[];
	/** Replays the inputs inside the file, and throws if a bit is not the one that the author's machine gave. */
	verify(): void;
	encode(text: string): Int32Array;
	decode(tokens: Tokens): string;
	/** Gives the texts of the tokens of a text. */
	pieces(text: string): string[];
	/** Gives the memory back. What is no longer reachable gives it back, too, but later. */
	close(): void;
}

/**
 * One stream through a model. The Float32Arrays that it gives are views of the program's
 * memory, valid until the next call: copy what shall last, by slice().
 */
export interface Session {
	/** Reads a step: numbers `[I]`, or a token. Gives the outputs `[O]`. */
	step(x: Numbers | number): Float32Array;
	/** Reads a sequence, and gives the outputs `[T][O]`, or `[O]` if the model is pooled. */
	run(xs: Numbers | Tokens): Float32Array;
	/** Reads a text, numbers or tokens from the start of a stream. */
	classify(input: string | Numbers | Tokens): Classification;
	tag(text: string): Tag[];
	/** Gives the states of the layers that have some. To write to them changes the state. */
	states(): State[];
	/** Gives all that a session of the same model needs to go on, on any device. */
	snapshot(): Uint8Array;
	restore(snapshot: Uint8Array): void;
	/** Goes back to the start of a stream. */
	reset(): void;
	/** Tells whether no state is NaN or infinite. */
	finite(): boolean;
	close(): void;
}

/** Finds segments of speech. */
export interface Segmenter {
	/** Reads the probabilities of the next steps, and gives the segments that have ended. */
	push(probabilities: Numbers): Segment[];
	/** Ends the stream, and gives the segment that ends with it, if any. */
	end(): Segment[];
	close(): void;
}

export interface LoadOptions {
	kernels?: Kernels;
	/** Where rnnrun.wasm is, if not beside the package. The first call of a thread decides. */
	program?: URL | BufferSource | WebAssembly.Module;
}

/** Loads a model. */
export function load(source: Source, options?: LoadOptions): Promise<Model>;

/** Makes a finder of the segments of speech. */
export function segmenter(options: SegmenterOptions): Promise<Segmenter>;

/** Gives the URL of a model that comes with the package. */
export function builtin(name: "g2p-en" | "sentiment-ko" | "shakespeare" | "vad"): URL;

/** Changes the sample rate of a stream of sound. */
export class Resampler {
	/** From and to so many samples a second. */
	constructor(from: number, to: number);
	/** Reads samples, and gives those of the output that are known by then. */
	push(samples: Float32Array): Float32Array;
}
