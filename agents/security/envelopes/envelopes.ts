import { createCipheriv, createDecipheriv, createHmac, randomBytes } from "node:crypto";
import type { PoolClient } from "pg";

/** A table's key, and each sealed column with its blind index ("" where none is asked). */
export const SEALED: Record<string, { key: string; columns: Record<string, string> }> = {};

/**
 * Values that are sealed before they reach the database: AES-256-GCM, bound to their table, column and row.
 *
 * Seals under the current key and opens under every key that is still known. All keys are 32 random bytes of a key
 * management service or secret store, never of the database or its backups. A value that was changed, or moved to
 * another row or column, does not open: `final()` throws.
 */
export class Envelopes {
  private readonly keys: Map<string, Buffer>;
  private readonly current: string;
  private readonly indexKey: Buffer;

  constructor(keys: Map<string, Buffer>, current: string, indexKey: Buffer) {
    if (!keys.has(current) || [indexKey, ...keys.values()].some((key) => key.length !== 32)) {
      throw new RangeError("AES-256 and the blind index take keys of 32 bytes");
    }
    this.keys = keys;
    this.current = current;
    this.indexKey = indexKey;
  }

  /** The envelope `v1.<key id>.<nonce>.<ciphertext and tag>`; the row's key is known before the row is written. */
  seal(table: string, column: string, row: string | number | bigint, text: string): string {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.key(this.current), nonce);
    cipher.setAAD(Buffer.from(`v1|${this.current}|${table}|${column}|${row}`));
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
    return `v1.${this.current}.${nonce.toString("base64url")}.${sealed.toString("base64url")}`;
  }

  /** The text, if the envelope was sealed for this place under a known key and is unchanged. */
  open(table: string, column: string, row: string | number | bigint, envelope: string): string {
    const [version, keyId = "", nonce = "", data = ""] = envelope.split(".");
    const sealed = Buffer.from(data, "base64url");
    const decipher = createDecipheriv("aes-256-gcm", this.key(keyId), Buffer.from(nonce, "base64url"), { authTagLength: 16 });
    decipher.setAAD(Buffer.from(`${version}|${keyId}|${table}|${column}|${row}`));
    decipher.setAuthTag(sealed.subarray(-16));
    return Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString("utf8");
  }

  /** The blind index of a text, by which its row is found; equal texts of one column have equal ones. */
  index(table: string, column: string, text: string): string {
    return createHmac("sha256", this.indexKey).update(`${table}|${column}|${text.trim().normalize("NFC")}`).digest("hex");
  }

  /**
   * Seals one batch of rows behind `after` anew, and returns the last key; null when there is none left.
   * Each batch is one transaction. Begin with the least key; repeat for each sealed column.
   */
  async rotate(client: PoolClient, table: string, key: string, column: string, after: string): Promise<string | null> {
    const found = await client.query<{ key: string; envelope: string }>(
      `SELECT ${key} AS key, ${column} AS envelope FROM ${table} WHERE ${key} > $1 AND ${column} NOT LIKE $2` +
        ` AND ${column} NOT LIKE 'v1.erased.%' ORDER BY ${key} LIMIT 500 FOR UPDATE`,
      [after, `v1.${this.current}.%`],
    );
    for (const row of found.rows) {
      const anew = this.seal(table, column, row.key, this.open(table, column, row.key, row.envelope));
      await client.query(`UPDATE ${table} SET ${column} = $1 WHERE ${key} = $2`, [anew, row.key]);
    }
    return found.rows.at(-1)?.key ?? null;
  }

  private key(keyId: string): Buffer {
    const key = this.keys.get(keyId);
    if (key === undefined) {
      throw new RangeError("no envelope of a known key");
    }
    return key;
  }
}
