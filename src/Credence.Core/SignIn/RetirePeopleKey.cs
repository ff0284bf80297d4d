using Credence.Audit;
using Credence.Keys;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// Takes a key that signs people's tokens out of use (contract identity ID-9, C.7). Gently, its tokens live out their term. At once, because it leaked: then whoever has
/// it may have made themselves any token, and whoever made one may have a session, so every session of everybody ends too, on every node.
/// </summary>
public sealed class RetirePeopleKey(Db db, RetireKey retire, ListKeys keys, RevocationIndex revocations, TimeProvider clock)
{
    /// <summary>Retires it.</summary>
    /// <param name="kid">The key.</param>
    /// <param name="kind">What people's tokens are signed with: a key of another sort is none here.</param>
    /// <param name="leaked">At once, with every session.</param>
    /// <param name="origin">Who asked, for the log.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task<Result<KeyInfo>> RunAsync(string kid, KeyAlgorithm kind, bool leaked, AuditOrigin origin, CancellationToken ct)
    {
        if (!(await keys.RunAsync(ct)).Any(key => key.Kid == kid && key.Algorithm == kind)) return SignInFailures.NoSuchKey;
        var retired = await retire.RunAsync(kid, leaked, ct);
        if (retired.Succeeded) await RecordAsync(kid, leaked, origin, ct);
        return retired;
    }

    private async Task RecordAsync(string kid, bool leaked, AuditOrigin origin, CancellationToken ct)
    {
        var now = clock.Now();
        Revocation[] marks = leaked ? [PersonMarks.Everyone(now)] : [];
        await using var tx = await db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, PeopleAudit.Event(leaked ? "person_key.revoked" : "person_key.retired", "operator", kid, origin), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
    }
}
