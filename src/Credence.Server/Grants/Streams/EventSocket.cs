using System.Net.WebSockets;
using System.Text.Json;
using Credence.Events;

namespace Credence.Server.Grants.Streams;

/// <summary>Events as text frames (contract grantex-core 9). The client may send a filter at any time; anything else it says ends the connection with a reason.</summary>
internal sealed class EventSocket(WebSocket socket) : IEventWire
{
    private const int LargestMessage = 16 * 1024;
    private const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013; // RFC 6455's registry, IANA

    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(2);
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 4, AllowDuplicateProperties = false };

    private (WebSocketCloseStatus Status, string Reason)? _objection;

    /// <inheritdoc/>
    public async Task SendAsync(IReadOnlyList<ToldEvent> events, CancellationToken ct)
    {
        foreach (var one in events)
        {
            // Cancelling a send would break the connection without a word; the wait alone ends.
            await socket.SendAsync(one.Json, WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None).AsTask().WaitAsync(IEventWire.AcceptWithin, ct);
        }
    }

    /// <summary>Takes the client's filters until it leaves, or says what cannot be taken.</summary>
    public async Task ReceiveAsync(EventReader stream, CancellationToken ct)
    {
        var buffer = new byte[LargestMessage];
        try
        {
            while (await MessageAsync(buffer, ct) is { } message)
            {
                var filter = Filter(message);
                if (!filter.Succeeded)
                {
                    Objection(WebSocketCloseStatus.InvalidPayloadData, filter.Failure.Detail);
                    return;
                }

                stream.Types = filter.Value.Types;
            }
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // the connection is gone, or given up
        }
    }

    /// <summary>Says why it ends, and gives the client a moment to say goodbye.</summary>
    /// <param name="end">Why.</param>
    /// <param name="receiving">The run of <see cref="ReceiveAsync"/>; it is over when this is.</param>
    public async Task CloseAsync(StreamEnd end, Task receiving)
    {
        var (status, reason) = _objection ?? end switch
        {
            StreamEnd.KeyEnded => (WebSocketCloseStatus.PolicyViolation, "the API key is no longer valid"),
            StreamEnd.TryAgain => (WebSocketCloseStatus.EndpointUnavailable, "the server goes away, resume after the last event"),
            _ => (WebSocketCloseStatus.NormalClosure, ""),
        };
        if (end != StreamEnd.CallerStuck) await CloseAsync(status, reason, receiving);
        socket.Abort();
        await receiving;
    }

    /// <summary>Refuses one stream too many.</summary>
    public Task RefuseAsync() => CloseAsync(TryAgainLater, EventFailures.TooManyStreams.Code, Task.CompletedTask);

    private static Result<TypeFilter> Filter(ReadOnlyMemory<byte> message)
    {
        var expected = Failure.Invalid("""expected {"types":["..."]}""");
        try
        {
            using var document = JsonDocument.Parse(message, Strict);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("types", out var types)) return expected;
            if (types.ValueKind != JsonValueKind.Array || types.EnumerateArray().Any(type => type.ValueKind != JsonValueKind.String)) return expected;
            return StreamRequest.Filter([.. types.EnumerateArray().Select(type => type.GetString()!)]);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            return expected; // bad syntax; or text that is no UTF-8
        }
    }

    /// <summary>The next whole message; null when there will be none.</summary>
    private async Task<ReadOnlyMemory<byte>?> MessageAsync(byte[] buffer, CancellationToken ct)
    {
        var length = 0;
        while (true)
        {
            var part = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
            if (part.MessageType == WebSocketMessageType.Close) return null;
            length += part.Count;
            if (part.MessageType == WebSocketMessageType.Binary) return Objection(WebSocketCloseStatus.InvalidMessageType, "send text");
            if (part.EndOfMessage) return buffer.AsMemory(0, length);
            if (length == buffer.Length) return Objection(WebSocketCloseStatus.MessageTooBig, $"a message may have {LargestMessage} bytes");
        }
    }

    private ReadOnlyMemory<byte>? Objection(WebSocketCloseStatus status, string reason)
    {
        _objection = (status, reason);
        return null;
    }

    /// <summary>Drops what the client still says, until it says goodbye.</summary>
    private async Task GoodbyeAsync(CancellationToken ct)
    {
        var buffer = new byte[1024];
        while ((await socket.ReceiveAsync(buffer.AsMemory(), ct)).MessageType != WebSocketMessageType.Close) { }
    }

    private async Task CloseAsync(WebSocketCloseStatus status, string reason, Task receiving)
    {
        using var wait = new CancellationTokenSource(Farewell);
        try
        {
            await socket.CloseOutputAsync(status, reason, wait.Token);
            await receiving.WaitAsync(wait.Token);
            if (socket.State == WebSocketState.CloseSent) await GoodbyeAsync(wait.Token);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // then it goes without
        }
    }
}
