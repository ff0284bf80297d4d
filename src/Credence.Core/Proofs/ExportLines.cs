using System.Text.Encodings.Web;
using System.Text.Json;
using Credence.Storage;

namespace Credence.Proofs;

/// <summary>A full tile as it goes into an export.</summary>
internal sealed record ExportedTile(int Level, long Number, byte[] Hashes, byte[] Root)
{
    /// <summary>The size of the tree that fills it.</summary>
    public long End => (Number + 1) << (8 * (Level + 1));

    public static Sql Columns { get; } = Sql.Of($"level, number, hashes, root");

    public static ExportedTile Read(Row row) => new(row.Int("level"), row.Long("number"), row.Bytes("hashes"), row.Bytes("root"));
}

/// <summary>The lines of an export, each a JSON object with a <c>type</c>.</summary>
internal sealed class ExportLines : IAsyncDisposable
{
    private static readonly JsonWriterOptions Form = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const int Held = 32 * 1024; // small enough to stay out of the large object heap

    private readonly MemoryStream _buffer = new();
    private readonly Utf8JsonWriter _json;
    private readonly Stream _to;

    public ExportLines(Stream to)
    {
        _to = to;
        _json = new Utf8JsonWriter(_buffer, Form);
    }

    /// <summary>Whether it is time to write out what is held.</summary>
    public bool IsFull => _buffer.Length >= Held;

    public void Log(string origin, string organization, long size, DateTimeOffset now) => Line("log", json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("origin", origin);
        json.WriteString("organization", organization);
        json.WriteNumber("size", size);
        json.WriteString("time", now.Iso());
    });

    public void Key(NoteKey key) => Line("key", json =>
    {
        json.WriteBase64String("publicKey", NoteKey.PublicBytes(key.Key));
        json.WriteString("verifierKey", key.Verifier);
    });

    public void Entry(PlacedEntry entry) => Line("entry", json =>
    {
        json.WriteString("chain", entry.Chain);
        json.WriteNumber("seq", entry.Sequence);
        json.WriteNumber("leaf", entry.Leaf);
        json.WriteString("hash", entry.Hash);
        json.WriteString("prevHash", entry.PreviousHash);
        json.WriteBase64String("leafHash", entry.LeafHash);
        json.WriteString("body", entry.Body);
    });

    public void Tile(ExportedTile tile) => Line("tile", json =>
    {
        json.WriteNumber("level", tile.Level);
        json.WriteNumber("number", tile.Number);
        json.WriteBase64String("hashes", tile.Hashes);
        json.WriteBase64String("root", tile.Root);
    });

    public void Checkpoint(string note) => Line("checkpoint", json => json.WriteString("note", note));

    /// <summary>The newest checkpoint, for how far retention may have come while the export was written.</summary>
    public void Retention(string note) => Line("retention", json => json.WriteString("note", note));

    public void End(long entries) => Line("end", json => json.WriteNumber("entries", entries));

    public async Task FlushAsync(CancellationToken ct)
    {
        await _to.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), ct);
        await _to.FlushAsync(ct);
        _buffer.SetLength(0);
    }

    public async ValueTask DisposeAsync()
    {
        await _json.DisposeAsync();
        await _buffer.DisposeAsync();
    }

    private void Line(string type, Action<Utf8JsonWriter> write)
    {
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteString("type", type);
        write(_json);
        _json.WriteEndObject();
        _json.Flush();
        _buffer.WriteByte((byte)'\n');
    }
}
