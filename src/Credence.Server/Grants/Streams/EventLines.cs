using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Credence.Events;
using Credence.Server.Hosting.Requests;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Credence.Server.Grants.Streams;

/// <summary>Server-sent events (WHATWG HTML 9.2; contract grantex-core 9): one <c>data:</c> line an event, and comments while it is quiet.</summary>
/// <param name="http">The call.</param>
/// <param name="withIds">Whether each event has an <c>id:</c> line too.</param>
/// <param name="keepAlive">The time between two comments.</param>
/// <param name="clock">Tells it.</param>
internal sealed class EventLines(HttpContext http, bool withIds, TimeSpan keepAlive, TimeProvider clock) : IEventWire
{
    private const int PerFlush = 64 * 1024;

    private readonly PipeWriter _writer = http.Response.BodyWriter;
    private long _commented = clock.GetTimestamp();

    /// <summary>Sends status and headers, so that a caller knows at once that nothing from now on escapes it.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        Describe(http.Response);
        http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } rate) rate.MinDataRate = null; // a pause is no attack: AcceptWithin is the bound
        await http.Response.StartAsync(ct);
        await FlushAsync(ct);
        http.Features.Set(new AnswerBegun(clock.GetTimestamp()));
    }

    /// <summary>Sets the headers of a stream.</summary>
    public static void Describe(HttpResponse response)
    {
        RateLimits.Hide(response.Headers);
        response.ContentType = "text/event-stream";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no"; // nginx would hold events back
    }

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<ToldEvent> events, CancellationToken ct)
    {
        foreach (var one in events)
        {
            if (withIds) Write($"id: {one.Event.Id}\n");
            _writer.Write("data: "u8);
            _writer.Write(one.Json.Span);
            _writer.Write("\n\n"u8);
            if (_writer.UnflushedBytes >= PerFlush) await FlushAsync(ct);
        }

        if (clock.GetElapsedTime(_commented) >= keepAlive)
        {
            _commented = clock.GetTimestamp();
            _writer.Write(": keepalive\n\n"u8);
        }

        if (_writer.UnflushedBytes > 0) await FlushAsync(ct);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, _writer);

    private async ValueTask FlushAsync(CancellationToken ct)
    {
        var flushed = _writer.FlushAsync(ct);
        if (flushed.IsCompletedSuccessfully)
        {
            _ = flushed.Result;
            return;
        }

        try
        {
            await flushed.AsTask().WaitAsync(IEventWire.AcceptWithin, ct);
        }
        catch (Exception error) when (error is TimeoutException or OperationCanceledException)
        {
            http.Abort(); // there is no way to end the answer behind what the caller does not take, and a stop does not wait for that
            throw;
        }
    }
}
