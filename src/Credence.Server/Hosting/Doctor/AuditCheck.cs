using Credence.Compliance;
using Credence.Storage;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The audit chains: what the hourly check knows, and the newest entries computed again (design D7).</summary>
internal static class AuditCheck
{
    private const string Check = "audit";
    private const long Step = 10_000;

    /// <summary>Looks at so many entries.</summary>
    public static async Task RunAsync(IServiceProvider services, int entries, Action<string> told, Examination found, CancellationToken ct)
    {
        var db = services.GetRequiredService<Db>();
        foreach (var (organization, reason) in await db.ListAsync(
            $"select organization_id, reason from audit_breaks order by organization_id", row => (row.Text("organization_id"), row.Text("reason")), ct))
        {
            found.Found(Check, $"the audit log of {organization} does not hold", $"the hourly check found a break ({reason}) and keeps it in audit_breaks", Fix(organization));
        }

        var last = 0L;
        var seen = await services.GetRequiredService<LookAtChains>().RunAsync(entries, Progress, ct);
        foreach (var broken in seen.Broken)
        {
            found.Found(
                Check, $"the {broken.Chain} chain of {broken.Organization} does not hold", $"{Words.Of(broken.Reason)} at {broken.Entry ?? "its end"}", Fix(broken.Organization));
        }

        found.Looked($"audit: the newest {seen.Looked} of {seen.Entries} entries, in {seen.Chains} of {seen.AllChains} chains; --entries says how many");

        void Progress(long looked)
        {
            if (looked < last + Step) return;
            last = looked;
            told($"audit: {looked} of {entries} entries");
        }
    }

    private static string Fix(string organization) =>
        $"keep the database as it is, run `credence audit export {organization} > export.ndjson` and `credence audit verify export.ndjson --key …`, and compare with the last backup: docs/operations.md";
}
