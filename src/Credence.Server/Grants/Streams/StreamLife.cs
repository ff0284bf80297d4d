using Credence.Events;
using Credence.Organizations;
using Credence.Server.Doors;
using Credence.Storage;

namespace Credence.Server.Grants.Streams;

/// <summary>Brings events to one caller until it leaves, its key ends, or the server stops.</summary>
internal sealed class StreamLife(FindCaller findCaller, Db db, IHostApplicationLifetime lifetime, TimeProvider clock)
{
    /// <summary>How often the key is looked at again: with the second that a revocation takes to reach this node, the stream ends within two.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    /// <summary>Runs it.</summary>
    /// <param name="call">The call that opened the stream.</param>
    /// <param name="stream">What is to be sent.</param>
    /// <param name="wire">Sends it.</param>
    /// <param name="left">Cancelled when the caller is gone.</param>
    public async Task<StreamEnd> RunAsync(GrantsCall call, EventReader stream, IEventWire wire, CancellationToken left)
    {
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(left, lifetime.ApplicationStopping);
        try
        {
            return await SendAsync(call, stream, wire, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return left.IsCancellationRequested ? StreamEnd.CallerLeft : StreamEnd.TryAgain;
        }
        catch (TimeoutException)
        {
            return StreamEnd.CallerStuck;
        }
    }

    private async Task<StreamEnd> SendAsync(GrantsCall call, EventReader stream, IEventWire wire, CancellationToken ct)
    {
        var key = BearerHeader.Parse(call.Http.Request.Headers.Authorization)!; // the pipeline has found its caller
        var looked = clock.GetTimestamp();
        while (true)
        {
            await wire.SendAsync(await NextAsync(stream, ct), ct);
            if (clock.GetElapsedTime(looked) < Look) continue;
            if (await EndOfKeyAsync(key, ct) is { } end) return end;
            looked = clock.GetTimestamp();
        }
    }

    /// <summary>A database that is away delays events and ends no stream.</summary>
    private async Task<IReadOnlyList<ToldEvent>> NextAsync(EventReader stream, CancellationToken ct)
    {
        try
        {
            return await stream.NextAsync(Look, ct);
        }
        catch (Exception error) when (db.Engine.IsUnavailable(error))
        {
            await Task.Delay(Look, ct);
            return [];
        }
    }

    private async Task<StreamEnd?> EndOfKeyAsync(string key, CancellationToken ct)
    {
        try
        {
            return (await findCaller.RunAsync(key, ct)).Succeeded ? null : StreamEnd.KeyEnded;
        }
        catch (Exception error) when (db.Engine.IsUnavailable(error))
        {
            return StreamEnd.TryAgain; // it has been away for longer than a key is believed
        }
    }
}
