using Credence.Anomalies;
using Credence.Server.Doors;
using Credence.Server.Grants.Pipeline;
using Credence.Storage;

namespace Credence.Server.Grants;

/// <summary><c>/v1/anomaly/channels</c>: who is told of alerts (contract grantex-enterprise 1).</summary>
internal static class AlertChannelsApi
{
    private const int CreatePerMinute = 30;
    private const int MostAddresses = 10;
    private const string Hidden = "[secret]";
    private static readonly Severity[] Usual = [Severity.Critical, Severity.High];

    /// <summary>Maps the routes.</summary>
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/v1/anomaly/channels", Create).LimitAddress(CreatePerMinute);
        routes.MapMethods("/v1/anomaly/channels", RouteFacts.Read, List);
        routes.MapDelete("/v1/anomaly/channels/{id}", Delete);
    }

    private static async Task<IResult> Create(GrantsCall call, CreateChannel create, CancellationToken ct)
    {
        var body = call.Body;
        var type = body.Word<ChannelType>("type");
        var input = new CreateChannel.Input(type, body.Name("name", 256), Target(body, type), body.WordsOrNull<Severity>("severities") ?? Usual);
        return body.Problem is { } problem
            ? problem.Answer()
            : (await create.RunAsync(call.Caller, input, ct)).Created(made => ChannelShape.Of(made.Channel, ConfigShape.Whole(made.Target)), GrantsJson.Wire.ChannelShape);
    }

    private static ChannelTarget Target(Fields body, ChannelType type)
    {
        var config = body.Object("config");
        var target = type switch
        {
            ChannelType.Email => new ChannelTarget(null, null, config.TextsOrNull("to", 1, MostAddresses, 254) ?? One(config.TextOrNull("email", 254))),
            _ => new ChannelTarget(config.TextOrNull("url", WebAddress.Length) ?? config.TextOrNull("webhookUrl", WebAddress.Length), config.TextOrNull("secret", 256), []),
        };
        if (config.Problem is { } problem) body.Refuse("config:", problem.Detail);
        if (type == ChannelType.Email && target.To.Count == 0) body.Refuse("config", "must have to, an array of e-mail addresses, or email");
        if (type != ChannelType.Email && target.Url is null) body.Refuse("config", "must have url");
        return target;
    }

    private static IReadOnlyList<string> One(string? address) => address is null ? [] : [address];

    private static async Task<IResult> List(GrantsCall call, Db db, ChannelBox box, CancellationToken ct)
    {
        var channels = await ChannelStore.ListAsync(db, call.Caller.Organization, ct);
        return Answers.Ok(
            new ChannelList(channels.ConvertAll(channel => ChannelShape.Of(channel, ConfigShape.Masked(channel.Type, box.Open(channel))))), GrantsJson.Wire.ChannelList);
    }

    private static async Task<IResult> Delete(string id, GrantsCall call, DeleteChannel delete, CancellationToken ct) =>
        (await delete.RunAsync(call.Caller, Ids.Read<Channel>(id), ct)).Done();

    /// <summary>Channels, newest first.</summary>
    internal sealed record ChannelList(List<ChannelShape> Channels);

    /// <summary>A channel as this door shows it.</summary>
    internal sealed record ChannelShape(
        string Id, string Type, string Name, ConfigShape Config, IReadOnlyList<string> Severities, bool Enabled, string CreatedAt)
    {
        public static ChannelShape Of(Channel channel, ConfigShape config) => new(
            channel.Id.ToString(), Words.Of(channel.Type), channel.Name, config, channel.Severities, channel.Enabled, channel.CreatedAt.Iso());
    }

    /// <summary>How a channel is reached. What is secret about it is shown once: where it is made.</summary>
    internal sealed record ConfigShape(string? Url, string? Secret, IReadOnlyList<string>? To)
    {
        public static ConfigShape Whole(ChannelTarget target) => new(target.Url, target.Secret, target.To.Count > 0 ? target.To : null);

        /// <summary>Of a chat's hook only the host: whoever has the rest may write there.</summary>
        public static ConfigShape Masked(ChannelType type, ChannelTarget? target)
        {
            if (target is null) return new ConfigShape(null, null, null);
            var url = type == ChannelType.Slack ? $"{new Uri(target.Url!).GetLeftPart(UriPartial.Authority)}/{Hidden}" : target.Url;
            return Whole(target) with { Url = url, Secret = target.Secret is null ? null : Hidden };
        }
    }
}
