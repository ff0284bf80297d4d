using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Keys;

namespace Credence.Anomalies;

/// <summary>Encrypts what is needed to reach a channel for the database, and opens it to send, or to show what may be shown.</summary>
public sealed class ChannelBox(Envelope envelope)
{
    private const string Purpose = "anomaly_channels.target";

    internal string Seal(Id<Channel> id, ChannelTarget target) =>
        envelope.Protect(Purpose, id.ToString(), JsonSerializer.SerializeToUtf8Bytes(target, TargetJson.Default.ChannelTarget));

    /// <summary>The same target under the current key; null when it is under it already, or cannot be opened.</summary>
    internal string? Renew(Channel channel) =>
        envelope.NeedsReencryption(channel.SealedTarget) && Open(channel) is { } target ? Seal(channel.Id, target) : null;

    /// <summary>What it takes to reach it; null when the key that opens it is not here.</summary>
    public ChannelTarget? Open(Channel channel) =>
        envelope.Open(Purpose, channel.Id.ToString(), channel.SealedTarget) is { } json ? JsonSerializer.Deserialize(json, TargetJson.Default.ChannelTarget) : null;
}

/// <summary>A target as it is kept.</summary>
[JsonSerializable(typeof(ChannelTarget))]
internal sealed partial class TargetJson : JsonSerializerContext;
