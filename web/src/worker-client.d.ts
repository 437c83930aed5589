import type { GenerateOptions, Kernels, Model, Piece, Segmenter, SegmenterOptions, Session, Source } from "./index.js";

export { builtin } from "./index.js";

/** The methods of an object in a worker. Each returns a promise of a copy of the result. */
export type Remote<T> = {
	[K in keyof T]: T[K] extends (...args: infer A) => infer R ? (...args: A) => Promise<R> : T[K];
};

export type RemoteSession = Remote<Session>;
export type RemoteSegmenter = Remote<Segmenter>;

/** A model in a worker. */
export interface RemoteModel extends Omit<Remote<Model>, "session" | "generate"> {
	session(): Promise<RemoteSession>;
	/** Leaving the loop stops the generation. */
	generate(options?: GenerateOptions & { states?: false }): AsyncGenerator<string, void, undefined>;
	generate(options: GenerateOptions & { states: true }): AsyncGenerator<Piece, void, undefined>;
}

export interface Client {
	load(source: Exclude<Source, Response>, options?: { kernels?: Kernels }): Promise<RemoteModel>;
	segmenter(options: SegmenterOptions): Promise<RemoteSegmenter>;
	/** Ends the worker. Calls that it has not answered fail. */
	close(): void;
}

/** Connects to a worker. The default is the worker of the package; some bundlers need another one. */
export function connect(worker?: Worker): Client;
