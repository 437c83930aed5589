import { Resampler } from "./rnnrun/resampler.js";

// The reasons for errors, by the names that browsers give them. WebKit uses the last one if there is no microphone.
const reasons = {
	NotAllowedError: "the browser does not let this page use the microphone",
	NotFoundError: "the browser finds no microphone",
	OverconstrainedError: "the browser finds no microphone",
};

/** The microphone, at a given sample rate. */
export class Microphone {
	#stream;
	#context;

	/** Asks for permission, and calls heard with samples as they arrive. */
	static async open(rate, heard) {
		if (!navigator.mediaDevices) {
			throw new Error("the browser allows the microphone only on pages from https or localhost");
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
