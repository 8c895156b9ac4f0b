/** What a call is before anybody said anything. */
export function newCall() {
    return {
        caller: null,
        callerText: "",
        service: null,
        subject: "",
        words: "",
        place: { id: false, name: "" },
        inWords: false,
        deskId: false,
        type: "incident",
        raw: {},
        errors: {},
        answers: [],
        same: [],
        startedAt: 0,
        sending: false,
    };
}
