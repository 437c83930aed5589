import { Resampler } from "./rnnrun/resampler.js";

// What browsers mean by the names of their errors. WebKit has the last if there is no microphone.
const reasons = {
	NotAllowedError: "the browser does not let this page use the microphone",
	NotFoundError: "the browser finds no microphone",
	OverconstrainedError: "the browser finds no microphone",
};

/** The microphone, at the rate that is asked for. */
export class Microphone {
	#stream;
	#context;

	/** Asks the visitor, and calls heard with samples as they come. */
	static async open(rate, heard) {
		if (!navigator.mediaDevices) {
			throw new Error("the browser gives the microphone to pages from https or localhost only");
		}
		const microphone = new Microphone();
		try {
			microphone.#stream = await navigator.mediaDevices.getUserMedia({ audio: { noiseSuppression: false } });
			microphone.#context = new AudioContext();
			await microphone.#listen(rate, heard);
		} catch (error) {
			await microphone.close();
			throw reasons[error.name] ? new Error(reasons[error.name]) : error;
		}
		return microphone;
	}

	async #listen(rate, heard) {
		await this.#context.audioWorklet.addModule(new URL("rnnrun/capture-worklet.js", import.meta.url));
		const node = new AudioWorkletNode(this.#context, "rnnrun-capture", { numberOfOutputs: 0 });
		const resampler = new Resampler(this.#context.sampleRate, rate);
		node.port.onmessage = ({ data }) => heard(resampler.push(data));
		this.#context.createMediaStreamSource(this.#stream).connect(node);
		await this.#context.resume();
	}

	async close() {
		for (const track of this.#stream?.getTracks() ?? []) {
			track.stop();
		}
		if (this.#context && this.#context.state !== "closed") {
			await this.#context.close();
		}
	}
}
