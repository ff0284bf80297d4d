using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Credence.Server.Grants;

/// <summary>
/// A JSON object of any length. It goes out as it is written and as fast as the caller takes it, so that memory does not grow with it. What fails
/// before the first bytes are out is told by the status; what fails later cuts the answer off, which no caller can take for a whole one.
/// </summary>
internal sealed class LongAnswer(Func<LongJson, CancellationToken, Task> write) : IResult
{
    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var response = httpContext.Response;
        response.ContentType = "application/json; charset=utf-8";
        if (HttpMethods.IsHead(httpContext.Request.Method)) return;
        await using var json = new LongJson(response.Body);
        json.Writer.WriteStartObject();
        await write(json, httpContext.RequestAborted);
        json.Writer.WriteEndObject();
        await json.FlushAsync(httpContext.RequestAborted);
    }
}

/// <summary>Writes JSON and holds little of it.</summary>
internal sealed class LongJson : IAsyncDisposable
{
    private const int Held = 32 * 1024; // small enough to stay out of the large object heap

    private readonly MemoryStream _buffer = new(Held * 2);
    private readonly Stream _to;

    /// <summary>Writes to <paramref name="to"/>.</summary>
    public LongJson(Stream to)
    {
        _to = to;
        Writer = new Utf8JsonWriter(_buffer, new JsonWriterOptions { Encoder = GrantsJson.Wire.Options.Encoder });
    }

    /// <summary>For whatever is short.</summary>
    public Utf8JsonWriter Writer { get; }

    /// <summary>A member with a short value.</summary>
    public void Member<T>(string name, T value, JsonTypeInfo<T> type)
    {
        Writer.WritePropertyName(name);
        JsonSerializer.Serialize(Writer, value, type);
    }

    /// <summary>A member with an array of any length.</summary>
    /// <returns>How many items it got.</returns>
    public async Task<long> ListAsync<T, TShape>(string name, IAsyncEnumerable<T> items, Func<T, TShape> shape, JsonTypeInfo<TShape> type, CancellationToken ct)
    {
        var count = 0L;
        Writer.WriteStartArray(name);
        await foreach (var item in items.WithCancellation(ct))
        {
            JsonSerializer.Serialize(Writer, shape(item), type);
            count++;
            if (_buffer.Length + Writer.BytesPending >= Held) await FlushAsync(ct);
        }

        Writer.WriteEndArray();
        return count;
    }

    /// <summary>Sends what is held.</summary>
    public async Task FlushAsync(CancellationToken ct)
    {
        Writer.Flush();
        await _to.WriteAsync(_buffer.GetBuffer().AsMemory(0, (int)_buffer.Length), ct);
        _buffer.SetLength(0);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await Writer.DisposeAsync();
        await _buffer.DisposeAsync();
    }
}
