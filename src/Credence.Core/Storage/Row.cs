using System.Data.Common;
using System.Text.Json;

namespace Credence.Storage;

/// <summary>One row of an answer, read by column name; both engines give the same types here.</summary>
public readonly struct Row(DbDataReader reader)
{
    /// <summary>Text.</summary>
    public string Text(string column) => reader.GetString(reader.GetOrdinal(column));

    /// <summary>Text, or null.</summary>
    public string? TextOrNull(string column) => IsNull(column) ? null : Text(column);

    /// <summary>A whole number of up to 64 bits.</summary>
    public long Long(string column)
    {
        var ordinal = reader.GetOrdinal(column);
        return reader.GetFieldType(ordinal) == typeof(int) ? reader.GetInt32(ordinal) : reader.GetInt64(ordinal);
    }

    /// <summary>A whole number of up to 64 bits, or null.</summary>
    public long? LongOrNull(string column) => IsNull(column) ? null : Long(column);

    /// <summary>A whole number of up to 32 bits.</summary>
    public int Int(string column) => checked((int)Long(column));

    /// <summary>True or false.</summary>
    public bool Flag(string column) => reader.GetBoolean(reader.GetOrdinal(column));

    /// <summary>Bytes.</summary>
    public byte[] Bytes(string column) => (byte[])reader.GetValue(reader.GetOrdinal(column));

    /// <summary>Bytes, or null.</summary>
    public byte[]? BytesOrNull(string column) => IsNull(column) ? null : Bytes(column);

    /// <summary>An instant from a <c>…_ms</c> column.</summary>
    public DateTimeOffset Time(string column) => DateTimeOffset.FromUnixTimeMilliseconds(Long(column));

    /// <summary>An instant from a <c>…_ms</c> column, or null.</summary>
    public DateTimeOffset? TimeOrNull(string column) => IsNull(column) ? null : Time(column);

    /// <summary>An id.</summary>
    public Id<T> Id<T>(string column)
        where T : IIdentified => Credence.Id<T>.Parse(Text(column));

    /// <summary>An id, or null.</summary>
    public Id<T>? IdOrNull<T>(string column)
        where T : IIdentified => IsNull(column) ? null : Id<T>(column);

    /// <summary>A person's id.</summary>
    public PersonId Person(string column) => new(Long(column));

    /// <summary>A list of texts, kept as a JSON array.</summary>
    public IReadOnlyList<string> Texts(string column) => JsonSerializer.Deserialize(Text(column), StorageJson.Default.StringArray)!;

    /// <summary>A list of texts, or null.</summary>
    public IReadOnlyList<string>? TextsOrNull(string column) => IsNull(column) ? null : Texts(column);

    /// <summary>A member of an enum, kept as its word.</summary>
    public TEnum Word<TEnum>(string column)
        where TEnum : struct, Enum =>
        Words.Find<TEnum>(Text(column)) ?? throw new InvalidDataException($"column {column} holds no {typeof(TEnum).Name}");

    private bool IsNull(string column) => reader.IsDBNull(reader.GetOrdinal(column));
}
