/** The task of a model, which determines the methods that it supports. */
export type Task = "regress" | "classify" | "tag" | "language" | "translate";

/** Sets of kernels. All give the same bits. The default is the fastest that the browser supports. */
export type Kernels = "relaxedsimd" | "simd128" | "generic";

/** A model file: a URL (as a URL or a string), a response, or the bytes. */
export type Source = string | URL | Response | Blob | ArrayBuffer | Uint8Array;

/** The numbers of a sequence of steps: `[T][I]`. */
export type Numbers = Float32Array | readonly number[];

/** The tokens of a sequence, one per step. */
export type Tokens = Int32Array | readonly number[];

/** The most probable class of a sequence. */
export interface Class {
	index: number;
	/** Empty if the model has no labels. */
	label: string;
	probability: number;
}

export interface Classification extends Class {
	/** The probabilities of all classes, in order. */
	probabilities: Float32Array;
}

export interface Tag extends Class {
	/** The text of the token. */
	text: string;
}

/** The state of a layer between two steps. */
export interface State {
	layer: number;
	/** 1 for the reverse direction of a bidirectional layer. */
	direction: 0 | 1;
	h: Float32Array;
	/** The cell state of an LSTM. */
	c?: Float32Array;
}

export interface Piece {
	text: string;
	/** The states after the last token that was read. Its text is in the next piece, since the last character is held back until it is complete. */
	states: State[];
}

export interface GenerateOptions {
	/** The text to continue. */
	prompt?: string;
	/** The most tokens to generate; a negative number: no limit. The default is 500. */
	tokens?: number;
	/** Below 1: more predictable; above 1: more varied; 0: always the most probable token. The default is 0.8. */
	temperature?: number;
	/** Draw only from that many of the most probable tokens; 0, the default: from all. */
	topK?: number;
	/** From 0 to 2^53 - 1. The same seed gives the same text on every device. The default is a random seed. */
	seed?: number;
}

export interface TranslateOptions {
	/** The number of hypotheses that beam search keeps. The default is 4. */
	beam?: number;
	/** The most tokens in a translation. The default is 256. */
	maxLength?: number;
}

export interface Translation {
	text: string;
	/** The mean log-probability of the tokens. */
	score: number;
	/** Whether the translation is complete, not cut off at maxLength. */
	ended: boolean;
}

export interface SegmenterOptions {
	/** The duration of a step in seconds: 1 / sampleRate of the model. */
	stepSeconds: number;
	/** The probability at which speech begins. The default is 0.5. */
	threshold?: number;
	/** The probability below which speech ends. The default is 0.15 below the threshold. */
	release?: number;
	/** The shortest speech that counts, in seconds. The default is 0.25. */
	minSpeech?: number;
	/** The silence that ends speech, in seconds. The default is 0.1. */
	minSilence?: number;
	/** The time to add before and after speech, in seconds, at most half of minSilence. The default is 0.03. */
	pad?: number;
}

/** Speech, from start to end in seconds. */
export interface Segment {
	start: number;
	end: number;
}

/** The properties of a model. */
export interface Description {
	readonly task: Task;
	/** The set of kernels in use. */
	readonly kernels: string;
	/** The number of inputs per step; 0 if the model reads tokens. */
	readonly inputSize: number;
	/** The number of outputs per step, or per sequence if the model is pooled. */
	readonly outputSize: number;
	/** The number of tokens; 0 if the model reads numbers. */
	readonly vocabularySize: number;
	/** Whether the model has a tokenizer. */
	readonly readsText: boolean;
	/** Whether the model can run step by step. */
	readonly streamable: boolean;
	/** Whether the model has one output per sequence. */
	readonly pooled: boolean;
	/** The steps per second for which the model was made; 0 if unknown. */
	readonly sampleRate: number;
	readonly labels: readonly string[];
	/** The memory of a session in bytes. */
	readonly sessionBytes: number;
	/** The number of inputs in the file, which verify replays. */
	readonly goldens: number;
}

/**
 * A model. A method that fails throws an Error with the same text as in Go. For a
 * translation model, inputSize, outputSize, streamable, pooled, sampleRate and labels are
 * undefined.
 */
export interface Model extends Description {
	/** Starts a stream. */
	session(): Session;
	/** Returns the most probable class of a text, of numbers or of tokens. */
	classify(input: string | Numbers | Tokens): Classification;
	/** Returns the most probable class of each token of a text. */
	tag(text: string): Tag[];
	/** Generates text, piece by piece. The first piece is the prompt. */
	generate(options?: GenerateOptions & { states?: false }): Generator<string, void, undefined>;
	/** Generates text, with the states of the layers. They are views: copy what must stay valid after the next piece. */
	generate(options: GenerateOptions & { states: true }): Generator<Piece, void, undefined>;
	/** Translates a text. The best translation comes first. */
	translate(text: string, options?: TranslateOptions): Translation[];
	/** Replays the inputs in the file, and throws if an output differs in any bit from the one recorded when the model was made. */
	verify(): void;
	encode(text: string): Int32Array;
	decode(tokens: Tokens): string;
	/** Returns the text of each token of a text. */
	pieces(text: string): string[];
	/** Frees the memory. The memory of unreachable objects is freed, too, but later. */
	close(): void;
}

/**
 * One stream through a model. The Float32Arrays that it returns are views of the program's
 * memory, valid until the next call. Copy them with slice() to keep them.
 */
export interface Session {
	/** Runs a step, with numbers `[I]` or a token. Returns the outputs `[O]`. */
	step(x: Numbers | number): Float32Array;
	/** Runs a sequence. Returns the outputs `[T][O]`, or `[O]` if the model is pooled. */
	run(xs: Numbers | Tokens): Float32Array;
	/** Classifies a text, numbers or tokens, from the initial state. */
	classify(input: string | Numbers | Tokens): Classification;
	tag(text: string): Tag[];
	/** Returns the states of the recurrent layers. Writing to them changes the state of the session. */
	states(): State[];
	/** Returns the complete state, from which a session of the same model can continue on any device. */
	snapshot(): Uint8Array;
	restore(snapshot: Uint8Array): void;
	/** Resets the session to the initial state. */
	reset(): void;
	/** Reports whether all states are finite. */
	finite(): boolean;
	close(): void;
}

/** Finds segments of speech in a stream of probabilities. */
export interface Segmenter {
	/** Takes the probabilities of the next steps, and returns the segments that have ended. */
	push(probabilities: Numbers): Segment[];
	/** Ends the stream, and returns the segment that ends with it, if any. */
	end(): Segment[];
	close(): void;
}

export interface LoadOptions {
	kernels?: Kernels;
	/** The location of rnnrun.wasm, if it is not beside the package. Only the first call in a thread uses it. */
	program?: URL | BufferSource | WebAssembly.Module;
}

/** Loads a model. */
export function load(source: Source, options?: LoadOptions): Promise<Model>;

/** Creates a segmenter, which finds segments of speech. */
export function segmenter(options: SegmenterOptions): Promise<Segmenter>;

/** Returns the URL of a model in the package. */
export function builtin(name: "g2p-en" | "sentiment-ko" | "shakespeare" | "vad"): URL;

/** Converts the sample rate of a stream of sound. */
export class Resampler {
	/** The rates are in samples per second. */
	constructor(from: number, to: number);
	/** Takes samples, and returns the output samples that can be computed so far. */
	push(samples: Float32Array): Float32Array;
}
