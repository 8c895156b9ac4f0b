import { kindOf } from "./condition";

/**
 * The questions that the condition of a record may name, in the order of the form:
 * those that stand before a question, or all of a service for its tasks and orders.
 * They are read from the form on the screen, so that questions count before they are
 * saved; those of question sets and of records without such a form, from the server.
 */

const LIST_OF_PARENT = {
    "itsm.service": "question_ids",
    "itsm.question.set": "question_ids",
    "itsm.question": "column_ids",
};

function isSame(record, other) {
    return record.id === other.id || Boolean(record.resId && record.resId === other.resId);
}

/** The records of the form before this one, all where this one is no question. */
function neighbours(record) {
    const parent = record._parentRecord;
    const list = parent && parent.data[LIST_OF_PARENT[parent.resModel]];
    if (!list) {
        return null;
    }
    if (record.resModel !== "itsm.question") {
        return list.records;
    }
    const position = list.records.findIndex((other) => isSame(record, other));
    return position < 0 ? list.records : list.records.slice(0, position);
}

/** What a condition has to know of a question on the screen. */
export function described(record) {
    const { key, name, type, option_ids, res_model } = record.data;
    const options = (option_ids?.records || []).map(({ data }) => ({
        key: data.key,
        label: data.name,
    }));
    return { key, label: name, type, options, model: res_model };
}

async function ofSet(orm, setField) {
    const setId = setField && setField.id;
    return setId ? orm.call("itsm.question.set", "form_outline", [[setId]]) : [];
}

/** What the server knows: for a record that stands alone. */
async function ofOwner(orm, record) {
    for (const [field, model] of [
        ["service_id", "itsm.service"],
        ["set_id", "itsm.question.set"],
        ["parent_id", "itsm.question"],
    ]) {
        const owner = record.data[field];
        if (owner) {
            const questions = await orm.call(model, "form_outline", [[owner.id]]);
            const own = questions.findIndex((entry) => entry.id === record.resId);
            const isQuestion = record.resModel === "itsm.question";
            return isQuestion && own >= 0 ? questions.slice(0, own) : questions;
        }
    }
    return [];
}

/**
 * @param {import("@web/core/orm_service").ORM} orm
 * @param {import("@web/model/relational_model/record").Record} record
 * @returns {Promise<object[]>} `{key, label, type, options, model}` of each question
 */
export async function outlineFor(orm, record) {
    const records = neighbours(record);
    if (!records) {
        return withKinds(await ofOwner(orm, record));
    }
    const parts = records.map((other) =>
        other.data.type === "set"
            ? ofSet(orm, other.data.included_set_id)
            : [described(other)]
    );
    return withKinds((await Promise.all(parts)).flat());
}

/** Without what nobody answers, and what has no key yet. */
function withKinds(questions) {
    return questions.filter((question) => question.key && kindOf(question));
}
