const TABLES = ["queue", "typed", "copy"];

function done(request) {
    return new Promise((resolve, reject) => {
        request.onsuccess = () => resolve(request.result);
        request.onerror = () => reject(request.error);
    });
}

/**
 * What a phone keeps of one user's work: entries that wait to be sent, what was typed
 * and not yet used, and a copy of the day for when there is no network.
 *
 * Where the browser refuses to keep anything, it lasts as long as the page.
 */
export class FieldStore {
    constructor(name) {
        this.name = name;
        this.isKept = true;
        this.memory = new Map(TABLES.map((table) => [table, new Map()]));
        this.last = 0;
    }

    async open() {
        try {
            const request = window.indexedDB.open(this.name, 1);
            request.onupgradeneeded = () => {
                for (const table of TABLES) {
                    request.result.createObjectStore(table);
                }
            };
            this.db = await done(request);
        } catch {
            this.isKept = false;
        }
    }

    /** Run a request on a table; resolves when it is safely on the disk. */
    async run(table, mode, ask) {
        const transaction = this.db.transaction(table, mode);
        const finished = new Promise((resolve, reject) => {
            transaction.oncomplete = resolve;
            transaction.onabort = () => reject(transaction.error);
        });
        const request = ask(transaction.objectStore(table));
        await finished;
        return request.result;
    }

    async all(table) {
        if (!this.isKept) {
            return [...this.memory.get(table).values()];
        }
        return this.run(table, "readonly", (rows) => rows.getAll());
    }

    async get(table, key) {
        if (!this.isKept) {
            return this.memory.get(table).get(key);
        }
        return this.run(table, "readonly", (rows) => rows.get(key));
    }

    async put(table, key, value) {
        // What a screen watches cannot be stored; its plain copy can.
        const plain = JSON.parse(JSON.stringify(value));
        if (!this.isKept) {
            this.memory.get(table).set(key, plain);
            return;
        }
        await this.run(table, "readwrite", (rows) => rows.put(plain, key));
    }

    async remove(table, key) {
        if (!this.isKept) {
            this.memory.get(table).delete(key);
            return;
        }
        await this.run(table, "readwrite", (rows) => rows.delete(key));
    }

    /** Return a number greater than all before, also those of a page before this. */
    nextNumber() {
        this.last = Math.max(Date.now() * 1000, this.last + 1);
        return this.last;
    }

    close() {
        this.db?.close();
    }
}
