// One's own proxy, where the body's rules allow it: who votes in one's place when one is absent.
import { h } from "./dom.js";
import { values } from "./facts.js";
import { t } from "./words.js";

export class ProxyView {
  #room;
  constructor(room) { this.#room = room; }

  draw(state) {
    const me = state.participants[this.#room.me];
    if (!state.meeting.proxies_allowed || !me?.votes || !["invited", "live"].includes(state.meeting.state)) return null;
    const given = values(state.proxies).find((proxy) => proxy.participant_id === me.id);
    if (given) {
      return h("div", { class: "row small", "data-key": "my-proxy-given" }, h("span", {}, t("room_ballots.proxy_given", { name: state.participants[given.holder_id]?.name ?? "" })),
        h("button", { class: "quiet compact", "data-key": "proxy-withdraw", onclick: () => this.#room.do("WithdrawProxy", { proxy_id: given.id }) }, t("room_ballots.withdraw_proxy")));
    }
    const others = values(state.participants).filter((person) => person.votes && person.id !== me.id).sort((a, b) => (a.name_key < b.name_key ? -1 : 1));
    return h("form", { class: "row proxy-form", "data-key": "my-proxy", onsubmit: (event) => this.#give(event, me) },
      h("label", { for: "my-proxy", class: "small" }, t("room_ballots.my_proxy")),
      h("select", { id: "my-proxy", name: "holder", "data-key": "my-proxy-holder" }, others.map((person) => h("option", { value: person.id }, person.name))),
      h("button", { class: "compact", "data-key": "proxy-give" }, t("room_ballots.give_proxy")));
  }

  #give(event, me) {
    event.preventDefault();
    this.#room.do("GiveProxy", { participant_id: me.id, holder_id: event.target.elements.holder.value });
  }
}
