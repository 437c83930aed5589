import { element } from "./panel.js";

const names = ["sentiment-ko", "g2p-en", "shakespeare", "vad"];

/** Replays the golden inputs of every model, and shows whether all bits are equal. */
export function verify(shelf) {
	const button = element("verify");
	const status = element("verified");
	button.addEventListener("click", async () => {
		if (button.ariaDisabled === "true") {
			return;
		}
		button.ariaDisabled = "true"; // a disabled button would lose the keyboard focus
		const verified = [];
		try {
			for (const name of names) {
				status.textContent = `Verifying ${name}…`;
				const model = await shelf.get(name);
				await model.verify();
				verified.push(`${name} ✓`);
			}
			status.textContent = `Bit for bit equal to the recorded outputs: ${verified.join(", ")}`;
		} catch (error) {
			status.textContent = error.message;
		}
		button.ariaDisabled = "false";
	});
}
