using Credence.Anomalies;
using Credence.Audit;
using Credence.Organizations;
using Credence.Tests.Support;

namespace Credence.Tests.Anomalies;

/// <summary>Data to be found, and what was.</summary>
internal static class Findings
{
    /// <summary>Logs actions of the world's agent, or of another.</summary>
    public static async Task LogAsync(this World world, int count, LoggedStatus status = LoggedStatus.Success, string? agent = null, string action = "mail.send", ApiCaller? caller = null)
    {
        var what = new Logged(agent ?? world.Agent.Id.ToString(), "did:example:1", "grnt_1", "ada", action, "{}", status);
        await Task.WhenAll(Enumerable.Range(0, count).Select(_ =>
            world.Get<LogEntry>().RunAsync((caller ?? world.Caller).Organization.ToString(), null, what, World.Ct)));
    }

    public static Task RoundAsync(this World world) => world.Get<DetectAnomalies>().RunAsync(World.Ct);

    public static Task<Detected> DetectAsync(this World world) => world.Get<DetectAnomalies>().RunAsync(world.Caller, World.Ct);

    public static async Task<List<Anomaly>> AlertsAsync(this World world, string? type = null, ApiCaller? caller = null) =>
        (await AnomalyStore.AlertsAsync(world.Db, (caller ?? world.Caller).Organization, new AlertFilter(null, null, null), 1000, World.Ct))
            .FindAll(anomaly => type is null || anomaly.Type == type);

    /// <summary>What one round finds of a type.</summary>
    public static async Task<List<Anomaly>> FoundAsync(this World world, string type)
    {
        await world.RoundAsync();
        return await world.AlertsAsync(type);
    }

    /// <summary>Asks for the agents' grants to be paused.</summary>
    public static async Task PauseOnAnomaliesAsync(this World world, ApiCaller? caller = null) =>
        Assert.True((await world.Get<ChangeOrganization>().RunAsync(
            caller ?? world.Caller, new ChangeOrganization.Input(null, null, null, null, AnomalyResponse.Pause), World.Ct)).Succeeded);

    public static async Task<Channel> ChannelAsync(
        this World world, string url, ChannelType type = ChannelType.Webhook, string? secret = null, Severity[]? severities = null, string name = "ops") =>
        (await world.Get<CreateChannel>().RunAsync(
            world.Caller, new CreateChannel.Input(type, name, new ChannelTarget(url, secret, []), severities ?? [Severity.Critical, Severity.High]), World.Ct)).Value.Channel;

    public static async Task<Rule> RuleAsync(this World world, RuleMetric metric, int threshold, int minutes = 60, string? action = null, string? agent = null, string[]? channels = null) =>
        (await world.Get<CreateRule>().RunAsync(
            world.Caller,
            new CreateRule.Input("too-many", "Too many", null, Severity.Medium, channels ?? [], new RuleCondition(metric, action, agent, minutes, threshold)),
            World.Ct)).Value;

    public static Task DeliverAlertsAsync(this World world) => world.Get<DeliverAlerts>().RunAsync(World.Ct);
}
