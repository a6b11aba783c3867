// State = snapshot + events. Each event says how one entity now is; applying it is putting it in its place.
export const PLURAL = {
  participant: "participants", site: "sites", item: "items", paper: "papers", speech: "speeches", ballot: "ballots",
  recusal: "recusals", proxy: "proxies", conclusion: "conclusions", remark: "remarks", presentation: "presentations", announcement: "announcements",
  question: "questions",
};

const LATEST = 50; // messages and letters that a snapshot has

// Changes `state` in place. `role` decides about `voted`, which only those who run the meeting have.
export function apply(state, kind, data, role) {
  if (kind === "vote.cast") return applyVote(state, data, role);
  if (kind === "mandate.changed") {
    state.mandates[data.ballot_id + (data.of ?? "")] = data;
    return;
  }
  const [entity, what] = kind.split(".");
  if (entity === "message" || entity === "letter") return putLatest(state[`${entity}s`], data);
  if (entity === "meeting") {
    state.meeting = data;
  } else if (what === "removed") {
    delete state[PLURAL[entity]][data.id];
  } else if (entity === "ballot") {
    putBallot(state, data, role);
  } else {
    state[PLURAL[entity]][data.id] = data;
  }
}

function putLatest(all, data) {
  all[data.id] = data;
  const numbers = Object.values(all).map((each) => each.number).sort((a, b) => b - a);
  for (const each of Object.values(all)) if (each.number < (numbers[LATEST - 1] ?? 0)) delete all[each.id];
}

function putBallot(state, data, role) {
  const before = state.ballots[data.id];
  state.ballots[data.id] = { ...data };
  if (role === "runner" && ["open", "paused"].includes(data.state)) state.ballots[data.id].voted = before?.voted ?? [];
}

function applyVote(state, data, role) {
  const ballot = state.ballots[data.ballot_id];
  if (!ballot) return;
  ballot.cast = data.cast;
  if (data.sums) ballot.sums = data.sums;
  if (role === "runner" && ballot.voted && data.participant_id && !ballot.voted.includes(data.participant_id)) {
    ballot.voted = [...ballot.voted, data.participant_id].sort();
  }
}
