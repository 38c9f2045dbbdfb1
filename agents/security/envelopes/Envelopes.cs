using System.Buffers.Text;
using System.Data.Common;
using System.Security.Cryptography;
using System.Text;

/// <summary>Values that are sealed before they reach the database: AES-256-GCM, bound to their table, column and row.
/// Seals under the current key and opens under every key that is still known. All keys are 32 random bytes of a key
/// management service or secret store, never of the database or its backups. A value that was changed, or moved to
/// another row or column, does not open: AuthenticationTagMismatchException.</summary>
public sealed class Envelopes
{
    /// <summary>A table's key, and each sealed column with its blind index ("" where none is asked).</summary>
    public sealed record Sealed(string Key, IReadOnlyDictionary<string, string> Columns);

    public static readonly IReadOnlyDictionary<string, Sealed> SealedColumns = new Dictionary<string, Sealed>();

    private readonly IReadOnlyDictionary<string, byte[]> keys;
    private readonly string current;
    private readonly byte[] indexKey;

    public Envelopes(IReadOnlyDictionary<string, byte[]> keys, string current, byte[] indexKey)
    {
        if (indexKey.Length != 32 || !keys.ContainsKey(current) || keys.Values.Any(key => key.Length != 32))
        {
            throw new ArgumentException("AES-256 and the blind index take keys of 32 bytes");
        }
        this.keys = keys;
        this.current = current;
        this.indexKey = indexKey;
    }

    /// <summary>The envelope v1.[key id].[nonce].[ciphertext and tag]; the row's key is known before the row is written.</summary>
    public string Seal(string table, string column, object row, string text)
    {
        byte[] nonce = RandomNumberGenerator.GetBytes(12);
        byte[] plain = Encoding.UTF8.GetBytes(text);
        byte[] data = new byte[plain.Length + 16];
        using var cipher = new AesGcm(keys[current], 16);
        cipher.Encrypt(nonce, plain, data.AsSpan(0, plain.Length), data.AsSpan(plain.Length), Bound("v1", current, table, column, row));
        return $"v1.{current}.{Base64Url.EncodeToString(nonce)}.{Base64Url.EncodeToString(data)}";
    }

    /// <summary>The text, if the envelope was sealed for this place under a known key and is unchanged.</summary>
    public string Open(string table, string column, object row, string envelope)
    {
        string[] parts = envelope.Split('.');
        if (parts.Length != 4 || !keys.TryGetValue(parts[1], out byte[]? key))
        {
            throw new CryptographicException("no envelope of a known key");
        }
        byte[] data = Base64Url.DecodeFromChars(parts[3]);
        byte[] plain = new byte[data.Length - 16];
        using var cipher = new AesGcm(key, 16);
        cipher.Decrypt(Base64Url.DecodeFromChars(parts[2]), data.AsSpan(0, plain.Length), data.AsSpan(plain.Length), plain, Bound(parts[0], parts[1], table, column, row));
        return Encoding.UTF8.GetString(plain);
    }

    /// <summary>The blind index of a text, by which its row is found; equal texts of one column have equal ones.</summary>
    public string Index(string table, string column, string text)
    {
        byte[] message = Encoding.UTF8.GetBytes($"{table}|{column}|{text.Trim().Normalize(NormalizationForm.FormC)}");
        return Convert.ToHexString(HMACSHA256.HashData(indexKey, message)).ToLowerInvariant();
    }

    /// <summary>Seals one batch of rows behind `after` anew, and returns the last key; null when there is none
    /// left. Each batch is one transaction. Begin with the least key; repeat for each sealed column.</summary>
    public async Task<object?> RotateAsync(DbConnection connection, DbTransaction transaction, string table, string key, string column, object after)
    {
        string read = $"SELECT {key}, {column} FROM {table} WHERE {key} > @after AND {column} NOT LIKE @current"
            + $" AND {column} NOT LIKE 'v1.erased.%' ORDER BY {key} LIMIT 500 FOR UPDATE";
        var rows = new List<(object Row, string Envelope)>();
        await using (DbCommand found = Command(connection, transaction, read, ("@after", after), ("@current", $"v1.{current}.%")))
        await using (DbDataReader reader = await found.ExecuteReaderAsync())
        {
            while (await reader.ReadAsync())
            {
                rows.Add((reader.GetValue(0), reader.GetString(1)));
            }
        }
        foreach ((object row, string envelope) in rows)
        {
            string anew = Seal(table, column, row, Open(table, column, row, envelope));
            await using DbCommand update = Command(connection, transaction, $"UPDATE {table} SET {column} = @anew WHERE {key} = @row", ("@anew", anew), ("@row", row));
            await update.ExecuteNonQueryAsync();
        }
        return rows.Count > 0 ? rows[^1].Row : null;
    }

    private static byte[] Bound(string version, string keyId, string table, string column, object row) =>
        Encoding.UTF8.GetBytes($"{version}|{keyId}|{table}|{column}|{row}");

    private static DbCommand Command(DbConnection connection, DbTransaction transaction, string sql, params (string Name, object Value)[] values)
    {
        DbCommand command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        foreach ((string name, object value) in values)
        {
            DbParameter parameter = command.CreateParameter();
            parameter.ParameterName = name;
            parameter.Value = value;
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
