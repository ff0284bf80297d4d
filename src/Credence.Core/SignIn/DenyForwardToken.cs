using Credence.Audit;
using Credence.People;
using Credence.Revocations;
using Credence.Storage;
using Credence.Tokens;

namespace Credence.SignIn;

/// <summary>An operator ends one token of the forward-auth door before its time, such as one that was found in a log (contract forward-auth C.6).</summary>
public sealed class DenyForwardToken(Db db, RevocationIndex revocations, TokenOptions options, TimeProvider clock)
{
    /// <summary>Ends it on every node within a second. Whether there is such a token is not known: none is stored.</summary>
    /// <param name="actor">Who does it, for the audit log.</param>
    /// <param name="token">Its <c>jti</c>.</param>
    /// <param name="ct">Ends the wait.</param>
    public async Task RunAsync(string actor, Id<ForwardToken> token, CancellationToken ct)
    {
        var now = clock.Now();
        Revocation[] marks = [Revocation.Of(RevocationKind.ForwardToken, token.ToString(), now + ForwardToken.LongestLife + options.ForwardClockSkew)];
        await using var tx = await db.BeginAsync(ct);
        await AuditLog.AppendAsync(tx, PeopleAudit.Event("forward_token.denied", actor, token.ToString()), now, ct);
        await RevocationStore.AddAsync(tx, marks, ct);
        await tx.CommitAsync();
        revocations.Announce(marks);
    }
}
