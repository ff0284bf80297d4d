using Credence.Audit;
using Credence.Organizations;
using Credence.Storage;
using Credence.Webhooks;

namespace Credence.Anomalies;

/// <summary>A channel, and what it was made of, which is shown whole only now.</summary>
/// <param name="Channel">The channel.</param>
/// <param name="Target">How it is reached.</param>
public sealed record NewChannel(Channel Channel, ChannelTarget Target);

/// <summary>An organization wants to be told of alerts.</summary>
public sealed class CreateChannel(Db db, ChannelBox box, WebhookOptions options, TimeProvider clock)
{
    /// <summary>What the channel shall be; members as <see cref="Channel"/> has them.</summary>
    public sealed record Input(ChannelType Type, string Name, ChannelTarget Target, IReadOnlyList<Severity> Severities);

    /// <returns>The channel, or why it cannot be.</returns>
    public async Task<Result<NewChannel>> RunAsync(ApiCaller caller, Input input, CancellationToken ct)
    {
        if (input.Target.Url is { } url && options.Rules.Problem(url) is { } problem) return Failure.Invalid($"config.url {problem}");
        if (input.Target.Secret is { } secret && new WebhookSecret(secret).Problem() is { } bad) return Failure.Invalid($"config.secret {bad}");
        var to = input.Target.To.Select(EmailAddress.Normalize).ToList();
        if (to.Contains(null)) return Failure.Invalid("config.to holds something that is no e-mail address");

        var now = clock.Now();
        var id = Id<Channel>.New(now);
        var target = input.Target with { To = [.. to.OfType<string>().Distinct(StringComparer.Ordinal)] };
        var channel = new Channel(
            id, caller.Organization, input.Type, input.Name, box.Seal(id, target), [.. input.Severities.Distinct().Select(severity => Words.Of(severity))], Enabled: true, now);

        await using var tx = await db.BeginAsync(ct);
        await OrganizationStore.HoldAsync(tx, caller.Organization, ct);
        if (await ChannelStore.CountAsync(tx, caller.Organization, ct) >= Channel.Most) return AnomalyFailures.TooMany("channels", Channel.Most);
        await ChannelStore.AddAsync(tx, channel, ct);
        await AuditLog.AppendAsync(tx, caller.Act("anomaly_channel.created", id.ToString(), new() { ["type"] = Words.Of(input.Type) }), now, ct);
        await tx.CommitAsync();
        return new NewChannel(channel, target);
    }
}
