using Credence.Storage;

namespace Credence.Compliance;

/// <summary>Checks every organization's audit chain from its beginning and writes down what that comes to; a worker runs it once an hour (contract agent-idp B.1).</summary>
public sealed class CheckAudit(Db db, CheckSystemChain chains, TimeProvider clock)
{
    /// <summary>A server that starts anew does not compute everything again that another has just computed.</summary>
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(55);

    /// <summary>One round.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        if ((await Control.ListAsync(db, ct)).Exists(control => control.Id == Control.AuditIntegrity && control.CheckedAt > clock.Now() - Recently)) return;
        var count = await chains.RunAsync(ct);
        var broken = await db.NumberAsync($"select count(*) as n from audit_breaks", ct);
        await Control.SaveAsync(
            db,
            new Control(
                Control.AuditIntegrity, broken == 0 ? ControlStatus.Passing : ControlStatus.Failing, $"{broken} of {count} audit chains do not hold", clock.Now()),
            ct);
    }
}
