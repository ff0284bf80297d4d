using System.Collections.Concurrent;
using Credence.State;
using Credence.Storage;

namespace Credence.Revocations;

/// <summary>
/// Every live revocation, in memory (design D6). Correct at once on the node that revoked; others hear of it through the shared state and, what
/// makes it certain, follow a cursor in the database every second. So verifying touches neither network nor disk, and nothing is forgotten.
/// </summary>
public sealed class RevocationIndex(Db db, ISharedState state, TimeProvider clock) : IDisposable
{
    /// <summary>Past this age online verification is refused: the node may have missed a revocation.</summary>
    public static readonly TimeSpan StaleAfter = TimeSpan.FromSeconds(30);

    private const string Channel = "credence:revocations";
    private const int PerRead = 5_000;

    private readonly ConcurrentDictionary<(RevocationKind Kind, Guid Id), (DateTimeOffset NotBefore, DateTimeOffset Expires)> _marks = new();
    private readonly SemaphoreSlim _reading = new(1, 1);
    private readonly Wake _woken = new();
    private long _position;
    private long _caughtUpMs;

    /// <summary>How many marks are held.</summary>
    public int Count => _marks.Count;

    /// <summary>Whether this node has caught up within <see cref="StaleAfter"/>.</summary>
    public bool IsFresh => IsFreshWithin(StaleAfter);

    /// <summary>Whether this node has caught up within <paramref name="age"/>.</summary>
    public bool IsFreshWithin(TimeSpan age) => clock.Now().ToUnixTimeMilliseconds() - Interlocked.Read(ref _caughtUpMs) <= age.TotalMilliseconds;

    /// <summary>Begins to listen for other nodes.</summary>
    public void Listen() => state.Subscribe(Channel, _ => _woken.Call());

    /// <summary>Waits until a node says that it revoked something, but no longer than <paramref name="most"/>: then it is time to <see cref="CatchUpAsync"/>.</summary>
    public Task WaitAsync(TimeSpan most, CancellationToken ct) => _woken.WaitAsync(most, ct);

    /// <summary>Whether something issued at <paramref name="issuedAt"/> is void.</summary>
    public bool IsRevoked(RevocationKind kind, Guid id, DateTimeOffset issuedAt, DateTimeOffset now) =>
        _marks.TryGetValue((kind, id), out var mark) && issuedAt <= mark.NotBefore && now < mark.Expires;

    /// <summary>Takes in marks that were just committed here, and tells the other nodes.</summary>
    /// <remarks>
    /// Writes the documented keys too, which other programs may read: <c>revoked:tok:</c> and <c>revoked:grant:</c> (contract grantex 7), and
    /// <c>revoked:</c> with the <c>jti</c> of an access token (contract agent-idp A 18).
    /// </remarks>
    public void Announce(IReadOnlyCollection<Revocation> marks)
    {
        if (marks.Count == 0) return;
        var now = clock.Now();
        foreach (var mark in marks)
        {
            Apply(mark);
            var life = mark.Expires - now;
            if (mark.Lifted || life < TimeSpan.FromSeconds(1)) life = TimeSpan.FromSeconds(1);
            if (mark.Kind == RevocationKind.Token) state.Put($"revoked:tok:{mark.Id}", "1", life);
            if (mark.Kind == RevocationKind.Grant) state.Put($"revoked:grant:{mark.Id}", "1", life);
            if (mark.Kind == RevocationKind.AccessToken && Bits(mark.Id) is { } jti) state.Put($"revoked:{jti}", "1", life);
        }

        state.Publish(Channel, "");
    }

    /// <summary>Reads what has been committed since the last time, on any node.</summary>
    public async Task CatchUpAsync(CancellationToken ct)
    {
        await _reading.WaitAsync(ct);
        try
        {
            while (true)
            {
                var asked = clock.Now();
                var marks = await RevocationStore.AfterAsync(db, _position, PerRead, ct);
                foreach (var mark in marks)
                {
                    Apply(mark);
                    _position = mark.Position;
                }

                if (marks.Count == PerRead) continue;
                Interlocked.Exchange(ref _caughtUpMs, asked.ToUnixTimeMilliseconds());
                return;
            }
        }
        finally
        {
            _reading.Release();
        }
    }

    /// <summary>Forgets marks that can concern nothing any more.</summary>
    public void Sweep()
    {
        var now = clock.Now();
        foreach (var (key, mark) in _marks)
        {
            if (mark.Expires < now) _marks.TryRemove(new(key, mark));
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _reading.Dispose();

    private void Apply(Revocation mark)
    {
        if (Bits(mark.Id) is not { } id) return;
        if (mark.Lifted) _marks.TryRemove((mark.Kind, id), out _);
        else _marks[(mark.Kind, id)] = (mark.NotBefore, mark.Expires);
    }

    private static Guid? Bits(string id) => Ulid.TryParse(id.AsSpan(id.LastIndexOf('_') + 1), out var bits) ? bits : null;
}
