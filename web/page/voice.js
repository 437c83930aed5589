import { Listener } from "./listener.js";
import { Microphone } from "./microphone.js";
import { element, showing } from "./panel.js";

const rate = 16000; // samples per second of the model
const longest = 600; // most seconds of a file
const window = 8; // seconds of the microphone to show

/** Finds speech in the microphone's sound or in a file. */
export function voice(shelf, client) {
	const button = element("microphone");
	const player = element("player");
	const listener = new Listener(shelf, client);
	let microphone;
	let current = 0; // number of the current sound: a new one ends the others

	async function stop() {
		current++;
		button.textContent = "Use the microphone";
		const heard = microphone;
		microphone = undefined;
		if (heard) {
			await heard.close();
			await listener.end();
		}
	}

	async function readFile(blob) {
		await stop();
		const mine = current;
		const sound = await decoded(await blob.arrayBuffer());
		if (sound.duration > longest) {
			throw new Error(`the sound lasts ${Math.round(sound.duration)} seconds: choose one of at most ${longest}`);
		}
		URL.revokeObjectURL(player.src);
		player.src = URL.createObjectURL(blob);
		player.hidden = false;
		await listener.begin();
		const samples = mixed(sound);
		const chunk = rate / 4;
		for (let at = 0; at < samples.length && mine === current; at += chunk) {
			await listener.push(samples.subarray(at, at + chunk));
		}
		await listener.end();
	}

	async function listen() {
		if (microphone) {
			return stop();
		}
		await stop();
		player.pause();
		player.hidden = true;
		await listener.begin(window);
		microphone = await Microphone.open(rate, showing("voice-error", (samples) => listener.push(samples)));
		button.textContent = "Stop listening";
	}

	button.addEventListener("click", showing("voice-error", listen));
	element("sound").addEventListener("change", showing("voice-error", async ({ target }) => {
		if (target.files.length > 0) {
			await readFile(target.files[0]);
		}
	}));
	element("sample").addEventListener("click", showing("voice-error", async () => {
		const response = await fetch("five-seven.wav");
		if (!response.ok) {
			throw new Error(`${response.url}: ${response.status} ${response.statusText}`);
		}
		await readFile(await response.blob());
	}));
	player.addEventListener("timeupdate", () => listener.timeline.play(player.currentTime));
}

async function decoded(bytes) {
	try {
		return await new OfflineAudioContext(1, 1, rate).decodeAudioData(bytes);
	} catch {
		throw new Error("the browser cannot read this sound: try WAV, MP3, Ogg or FLAC");
	}
}

// mixed returns the mean of all channels.
function mixed(sound) {
	const mono = new Float32Array(sound.length);
	for (let c = 0; c < sound.numberOfChannels; c++) {
		sound.getChannelData(c).forEach((v, i) => (mono[i] += v / sound.numberOfChannels));
	}
	return mono;
}
