using Credence.Keys;
using Credence.Proofs;
using Credence.Server.Hosting.Settings;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The keys that sign: whether they are there, can be opened, and are exchanged in time (design D3).</summary>
internal static class KeysCheck
{
    private const string Check = "keys";

    /// <summary>A rotation may be this late: keys are published ahead of their time, and workers rest.</summary>
    private static readonly TimeSpan Grace = TimeSpan.FromDays(2);

    /// <summary>Looks at those of the database and at those given. What is wrong with the text of a given one, the settings' own rules say.</summary>
    public static async Task RunAsync(IServiceProvider services, SettingValues settings, DateTimeOffset now, Examination found, CancellationToken ct)
    {
        if (SettingRules.ProblemsForKeys(settings).Any()) return;
        var keys = await services.GetRequiredService<ListKeys>().RunAsync(ct);
        var lost = await services.GetRequiredService<FindLostKeys>().RunAsync(ct);
        foreach (var key in keys.Where(key => lost.Contains(key.Kid, StringComparer.Ordinal)))
        {
            found.Found(
                Check, $"the {key.Algorithm} key {key.Kid} is in the database and cannot be opened", "it is encrypted under another key than DATA_ENCRYPTION_KEY",
                "give the former key as DATA_ENCRYPTION_KEY_PREVIOUS; if it is lost, run `credence keys rotate --now`: docs/operations.md, a key is lost");
        }

        if (await services.GetRequiredService<CheckpointKeys>().IsLostAsync(ct))
        {
            found.Found(
                Check, "the key that signs the audit log's checkpoints cannot be opened", "it is encrypted under another key than DATA_ENCRYPTION_KEY",
                "give the former key as DATA_ENCRYPTION_KEY_PREVIOUS; if it is lost, run `credence audit rotate-key`: docs/operations.md, a key is lost");
        }

        var rotation = RoomOptions.Keys(settings).Rotation;
        foreach (var key in keys.Where(key => key is { Status: KeyStatus.Current, Source: "database" } && (key.Activated ?? key.Created) + rotation + Grace < now))
        {
            found.Found(
                Check, $"the {key.Algorithm} key {key.Kid} should have been exchanged long ago", $"it has signed since {(key.Activated ?? key.Created).Iso()}, and KEY_ROTATION_DAYS is {rotation.TotalDays:0}",
                "run `credence keys rotate`, and look in the log for [key-rotation]: a server that runs does it by itself");
        }

        foreach (var key in keys.Where(key => key.Status == KeyStatus.Revoked && key.Source is not ("database" or "remembered")))
        {
            found.Found(Check, $"{key.Source} gives a key that was revoked because it leaked", $"{key.Kid} is revoked in signing_keys", $"give another key as {key.Source}");
        }

        found.Looked($"keys: {keys.Count}, of which {keys.Count(key => key.Status == KeyStatus.Current)} sign");
    }
}
