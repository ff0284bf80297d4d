using Credence.Audit;
using Credence.People;
using Credence.Roles;
using Credence.Storage;

namespace Credence.SignIn;

/// <summary>
/// Makes an account in its caller's transaction, with what is sent to it. Where an address or number is somebody's and nobody may learn that, the same work is done and
/// undone again, so that the time it takes tells nothing either (contract identity C.3).
/// </summary>
public sealed class EnrolPerson(WelcomePerson welcomes, RoleOptions roles)
{
    /// <summary>Makes it, or does as if.</summary>
    /// <param name="tx">The transaction.</param>
    /// <param name="account">Who begins.</param>
    /// <param name="messages">What is sent, and whether anything of the account is somebody's.</param>
    /// <param name="said">What the audit log keeps of it.</param>
    /// <param name="ct">Ends the wait.</param>
    /// <returns>The identifier that somebody took meanwhile, and then the transaction is good for nothing but to be undone; null when it can be committed.</returns>
    internal async Task<PersonIdentifier?> RunAsync(DbTx tx, NewAccount account, WelcomePerson.Prepared messages, AuditEvent said, CancellationToken ct)
    {
        var (id, now) = (account.Person.Id.ToString(), account.Person.CreatedAt);
        await welcomes.QueueAsync(tx, messages, ct);
        await tx.LaterAsync($"savepoint enrolment", ct);
        var taken = await (messages.IsTaken ? Unlike(account) : account).AddAsync(tx, ct);
        if (taken is not null) return taken;
        await AuditLog.AppendAsync(tx, said, now, ct);
        await RoleStore.AssignAsync(tx, id, roles.First, id, now, ct); // others who get roles wait from here on
        if (messages.IsTaken) await tx.LaterAsync($"rollback to savepoint enrolment", ct);
        return null;
    }

    /// <summary>The same with addresses and numbers that nobody has; the user name stays, so that one that is taken is told of all the same.</summary>
    private static NewAccount Unlike(NewAccount account) => account with
    {
        Identifiers = [.. account.Identifiers.Select(one => one.Scheme == IdentifierScheme.Username ? one : one with { Value = Secret.New("") })],
    };
}
