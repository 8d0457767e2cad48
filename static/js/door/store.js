// What the device keeps while it has no network: who it is, its roster, and scans not handed in.

const NAME = "kosna-door";

const opened = new Promise((resolve, reject) => {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("facts");
    request.result.createObjectStore("scans", { keyPath: "uuid" });
  };
  request.onsuccess = () => resolve(request.result);
  request.onerror = () => reject(request.error);
});

const run = async (store, mode, work) => {
  const transaction = (await opened).transaction(store, mode);
  const request = work(transaction.objectStore(store));
  return new Promise((resolve, reject) => {
    // Kept is what the disk has, not what was asked for.
    transaction.oncomplete = () => resolve(request.result);
    transaction.onabort = () => reject(transaction.error);
  });
};

export const fact = (name) => run("facts", "readonly", (store) => store.get(name));
export const keepFact = (name, value) => run("facts", "readwrite", (store) => store.put(value, name));
export const forget = (name) => run("facts", "readwrite", (store) => store.delete(name));
export const waiting = () => run("scans", "readonly", (store) => store.getAll());
export const keepScan = (scan) => run("scans", "readwrite", (store) => store.put(scan));
export const dropScan = (uuid) => run("scans", "readwrite", (store) => store.delete(uuid));
