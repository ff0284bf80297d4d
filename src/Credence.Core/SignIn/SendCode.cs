using Credence.Messages;
using Credence.OneTimeCodes;
using Credence.People;
using Credence.Storage;
using Credence.Telemetry;

namespace Credence.SignIn;

/// <summary>A code that is on its way.</summary>
/// <param name="SessionToken">What must come back with it.</param>
/// <param name="ExpiresAt">Until when.</param>
public sealed record CodeSent(string SessionToken, DateTimeOffset ExpiresAt);

/// <summary>
/// Begins the wait for a code and queues its message. Nothing of the person is looked up before whoever asks is answered, so that neither the answer nor its time
/// tells whether there is anybody (contract identity A 22, decision 0043); <see cref="AddressCode"/> does that after.
/// </summary>
public sealed class SendCode(Db db, RequestCode request, MessageQueue queue)
{
    /// <summary>What is asked for.</summary>
    /// <param name="Namespace">What the code is for.</param>
    /// <param name="Scheme">The sort of identifier.</param>
    /// <param name="Identifier">The identifier it is asked for, normalised; its cooldown, quota and lock hold.</param>
    /// <param name="For">Who alone may get it: whose identifier it must be, or who adds it; null for whoever has the identifier.</param>
    /// <param name="Locale">In which language; null for theirs.</param>
    public sealed record Input(CodeNamespace Namespace, IdentifierScheme Scheme, string Identifier, PersonId? For, string? Locale);

    /// <summary>Begins, and queues the message.</summary>
    public async Task<Result<CodeSent>> RunAsync(Input input, CancellationToken ct)
    {
        var prepared = await PrepareAsync(input, ct);
        if (!prepared.Succeeded) return prepared.Failure;
        await using var tx = await db.BeginAsync(ct);
        await queue.AddAsync(tx, prepared.Value.Message, ct);
        await tx.CommitAsync();
        return prepared.Value.Sent;
    }

    /// <summary>Begins; the message is the caller's to queue, in a transaction of its own.</summary>
    internal async Task<Result<(CodeSent Sent, Message Message)>> PrepareAsync(Input input, CancellationToken ct)
    {
        var requested = await request.RunAsync(input.Namespace, input.Identifier, ct);
        if (!requested.Succeeded) return requested.Failure;
        var (session, expiresAt) = requested.Value;
        return (new CodeSent(session, expiresAt), new AskedCode(input, session).ToMessage(expiresAt));
    }
}
