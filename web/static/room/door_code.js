// The picture of the code at the door, which the server signs anew every half minute.
import { h } from "./dom.js";
import { boot, t } from "./words.js";

const STEP = 30_000;

export const codeStep = (now) => Math.floor(now / STEP);
export const secondsLeft = (now) => Math.ceil((STEP - (now % STEP)) / 1000);
export const codeAddress = (now) => `${boot.page}/door/code.svg?step=${codeStep(now)}`;
export const codeImage = (now) => h("img", { class: "code", "data-key": "door-code", src: codeAddress(now), alt: t("room_door.code"), width: 600, height: 600 });
