using Credence.State;
using Credence.Storage;

namespace Credence.Roles;

/// <summary>
/// Answers who may do what, from memory. What it knows was the database's at most a second before the question came, and on the node that made a change
/// it is the database's from the commit on: a change wakes it through the commit and through the shared state, and without a word it looks at the head
/// row's position once a second (decision 0037). It answers nothing while it cannot look.
/// </summary>
public sealed class CheckAccess
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromSeconds(1);
    private const string Channel = "credence:policy_definitions";
    private const int MostPeople = 100_000;

    private readonly Db _db;
    private readonly TimeProvider _clock;
    private readonly Lock _turn = new();
    private readonly Dictionary<string, DirectAccess> _people = new(StringComparer.Ordinal);
    private Known? _known;
    private Task? _looking;
    private long _heard;

    /// <summary>What is known of the roles.</summary>
    /// <param name="Position">The position of the last change that is in it.</param>
    /// <param name="Roles">The edges of the roles.</param>
    /// <param name="Heard">How many changes had been heard of when it was begun.</param>
    /// <param name="At">When it was begun, as the clock's timestamp.</param>
    private sealed record Known(long Position, AccessGraph Roles, long Heard, long At);

    /// <summary>Follows what is committed in <paramref name="db"/>, here and on other nodes.</summary>
    public CheckAccess(Db db, ISharedState state, TimeProvider clock)
    {
        _db = db;
        _clock = clock;
        db.WhenCommitted(PolicyDefinitionStore.Topic, () =>
        {
            Interlocked.Increment(ref _heard);
            state.Publish(Channel, "");
        });
        state.Subscribe(Channel, _ => Interlocked.Increment(ref _heard));
    }

    /// <summary>Whether the subject may; a text that names nobody may nothing.</summary>
    public async ValueTask<bool> AllowsAsync(AccessQuestion asked, CancellationToken ct)
    {
        if (!Subject.TryParse(asked.Subject, out var subject)) return false;
        var known = await KnownAsync(ct);
        return known.Roles.Allows(asked, await OwnAsync(known, subject, ct));
    }

    private async ValueTask<DirectAccess> OwnAsync(Known known, Subject subject, CancellationToken ct)
    {
        var name = subject.ToString();
        if (subject.Type == SubjectType.Role) return known.Roles.Find(name);
        lock (_turn)
        {
            if (_people.TryGetValue(name, out var kept)) return kept;
        }

        var own = DirectAccess.Of(await PolicyDefinitionStore.OfAsync(_db, subject, ct));
        lock (_turn)
        {
            if (_known!.Position != known.Position) return own; // it may be from before a change that is known by now: good for this answer, not to keep
            if (_people.Count == MostPeople) _people.Clear();
            _people[name] = own;
        }

        return own;
    }

    /// <summary>What is known, looked up again when that was before a second ago or before the last change that was heard of.</summary>
    private async ValueTask<Known> KnownAsync(CancellationToken ct)
    {
        var heard = Interlocked.Read(ref _heard);
        var came = _clock.GetTimestamp();
        while (true)
        {
            Task looking;
            lock (_turn)
            {
                if (_known is { } known && known.Heard >= heard && _clock.GetElapsedTime(known.At, came) < GoodFor) return known;
                looking = _looking ??= Task.Run(LookAsync, CancellationToken.None); // one look for all who wait, whoever of them goes away
            }

            await looking.WaitAsync(ct);
        }
    }

    private async Task LookAsync()
    {
        try
        {
            var (heard, at, before) = (Interlocked.Read(ref _heard), _clock.GetTimestamp(), _known);
            var position = await PolicyDefinitionStore.PositionAsync(_db, CancellationToken.None);
            var changed = before is null || before.Position == position ? [] : await PolicyDefinitionStore.ChangedAsync(_db, before.Position, CancellationToken.None);
            var roles = before is null || changed.Exists(subject => subject.Type == SubjectType.Role)
                ? AccessGraph.Of(await PolicyDefinitionStore.OfRolesAsync(_db, CancellationToken.None))
                : before.Roles;
            lock (_turn)
            {
                foreach (var subject in changed) _people.Remove(subject.ToString());
                _known = new Known(position, roles, heard, at);
            }
        }
        finally
        {
            lock (_turn) _looking = null;
        }
    }
}
