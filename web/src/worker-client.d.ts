import type { GenerateOptions, Kernels, Model, Piece, Segmenter, SegmenterOptions, Session, Source } from "./index.js";

export { builtin } from "./index.js";

/** The methods of an object in a worker: each gives a promise, and what it resolves to is a copy. */
export type Remote<T> = {
	[K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : T[K];
};

export type RemoteSession = Remote<Session>;
export type RemoteSegmenter = Remote<Segmenter>;

/** A model in a worker. */
export interface RemoteModel extends Omit<Remote<Model>, "session" | "generate"> {
	session(): Promise<RemoteSession>;
	/** To leave the loop ends the text. */
	generate(options?: GenerateOptions & { states?: false }): AsyncGenerator<string, void, undefined>;
	generate(options: GenerateOptions & { states: true }): AsyncGenerator<Piece, void, undefined>;
}

export interface Client {
	load(source: Exclude<Source, Response>, options?: { kernels?: Kernels }): Promise<RemoteModel>;
	segmenter(options: SegmenterOptions): Promise<RemoteSegmenter>;
	/** Ends the worker. What it has not answered fails. */
	close(): void;
}

/** Starts a worker: that of the package, if none is given, as bundlers may need. */
export function connect(worker?: Worker): Client;
