import type { MessageAccount } from "../../harness/record/messages.ts";
import type { StorageRecord } from "../../harness/record/storage.ts";
import { MESSAGE_HEAD, MESSAGE_TEXTS, messageRow } from "../message-rows.ts";
import { STORAGE_HEAD, STORAGE_TEXTS, storageRows } from "../storage-rows.ts";
import type { Markup } from "./markup.ts";
import { cell, number, table } from "./tables.ts";

const cells = (row: readonly string[], texts: number) => ({
  cells: row.map((text, column) => (column < texts ? cell(text) : number(text))),
});

/** What became of the messages of each channel. */
export const messagesTable = (accounts: readonly MessageAccount[]): Markup =>
  table(
    MESSAGE_HEAD,
    accounts.map((account) => cells(messageRow(account), MESSAGE_TEXTS)),
  );

/** What stores were asked, and how it ended. */
export const storageTable = (records: readonly StorageRecord[]): Markup =>
  table(
    STORAGE_HEAD,
    storageRows(records).map((row) => cells(row, STORAGE_TEXTS)),
  );
