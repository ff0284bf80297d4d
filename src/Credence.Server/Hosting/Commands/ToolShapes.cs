using System.Text.Json;
using System.Text.Json.Serialization;
using Credence.Billing;
using Credence.Configurations;
using Credence.Organizations;
using Credence.People;
using Credence.Storage;

namespace Credence.Server.Hosting.Commands;

/// <summary>An organization, as commands show it.</summary>
internal sealed record OrganizationShown(string Id, string Name, string? Email, string Mode, string Plan, string CreatedAt, string? SuspendedAt, string? ApiKey)
{
    public static OrganizationShown Of(Organization organization) => new(
        organization.Id.ToString(), organization.Name, organization.Email, Words.Of(organization.Mode), Words.Of(organization.Plan),
        organization.CreatedAt.Iso(), organization.SuspendedAt?.Iso(), ApiKey: null);

    public override string ToString() =>
        $"{Id}  {Mode,-7}  {Plan,-10}  {CreatedAt}  {(SuspendedAt is null ? "active" : "suspended"),-9}  {Name}{(Email is null ? "" : $" <{Email}>")}{(ApiKey is null ? "" : $"{Environment.NewLine}API key, shown only now: {ApiKey}")}";
}

/// <summary>An API key, as commands show it; the key itself only when it was just made.</summary>
internal sealed record ApiKeyShown(string Id, string Label, bool ReadOnly, string CreatedAt, string? ExpiresAt, string? LastUsedAt, string? ApiKey)
{
    public static ApiKeyShown Of(ApiKey key) => new(
        key.Id.ToString(), key.Label, key.ReadOnly, key.CreatedAt.Iso(), key.ExpiresAt?.Iso(), key.LastUsedAt?.Iso(), ApiKey: null);

    public override string ToString() =>
        $"{Id}  {(ReadOnly ? "read-only" : "full"),-9}  {CreatedAt}  {ExpiresAt ?? "-",-24}  {LastUsedAt ?? "-",-24}  {Label}{(ApiKey is null ? "" : $"{Environment.NewLine}API key, shown only now: {ApiKey}")}";
}

/// <summary>An organization's plan, as commands show it.</summary>
internal sealed record PlanShown(string Organization, string Plan, string Status, string? CurrentPeriodEnd)
{
    public static PlanShown Of(Subscription subscription) => new(
        subscription.Organization.ToString(), Words.Of(subscription.Plan), subscription.Status, subscription.CurrentPeriodEnd?.Iso());

    public override string ToString() => $"{Organization}  {Plan,-10}  {Status,-8}  {CurrentPeriodEnd ?? "-"}";
}

/// <summary>A person's account, as commands show it.</summary>
internal sealed record PersonShown(string Id, string Uuid, string Status, string CreatedAt, string? LastSignInAt)
{
    public static PersonShown Of(Person person) => new(
        person.Id.ToString(), person.Uuid.ToString(), Words.Of(person.Status), person.CreatedAt.Iso(), person.LastSignInAt?.Iso());

    public override string ToString() => $"{Id}  {Uuid}  {Status,-11}  {CreatedAt}  {LastSignInAt ?? "-"}";
}

/// <summary>An account that was just made, with its password for the only time.</summary>
internal sealed record PersonMade(string UserId, string Password);

/// <summary>Something that is set at run time, as commands show it. Its value is JSON; of a credential only whether there is one.</summary>
internal sealed record ConfigurationShown(string Group, string Code, JsonElement Value, bool HasCredential)
{
    public static ConfigurationShown Of(Configuration set) => new(set.Group, set.Code, set.Json(), set.SealedCredential is not null);

    public static ConfigurationShown Of(ShownConfiguration configuration) => new(
        configuration.Group, configuration.Code, JsonElement.Parse(configuration.Value), configuration.HasCredential);

    /// <summary>Of a long text its beginning; <c>--json</c> has the whole.</summary>
    public override string ToString()
    {
        var value = Value.GetRawText();
        return $"{Group,-5} {Code,-24} {(HasCredential ? "credential " : "")}{(value.Length <= Shown ? value : value[..Shown] + "…")}";
    }

    private const int Shown = 120;
}

/// <summary>How commands write JSON: as the wire does.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(OrganizationShown))]
[JsonSerializable(typeof(List<OrganizationShown>))]
[JsonSerializable(typeof(ApiKeyShown))]
[JsonSerializable(typeof(List<ApiKeyShown>))]
[JsonSerializable(typeof(PlanShown))]
[JsonSerializable(typeof(AgentShown))]
[JsonSerializable(typeof(List<AgentShown>))]
[JsonSerializable(typeof(BackupShown))]
[JsonSerializable(typeof(ConfigurationShown))]
[JsonSerializable(typeof(List<ConfigurationShown>))]
[JsonSerializable(typeof(Reencrypted))]
[JsonSerializable(typeof(PersonShown))]
[JsonSerializable(typeof(PersonMade))]
[JsonSerializable(typeof(RoleGranted))]
[JsonSerializable(typeof(ApiKeyRevoked))]
[JsonSerializable(typeof(TokenDenied))]
[JsonSerializable(typeof(Begun))]
[JsonSerializable(typeof(MigratedShown))]
[JsonSerializable(typeof(SettingsShown))]
[JsonSerializable(typeof(VerdictShown))]
[JsonSerializable(typeof(CheckpointKeyShown))]
[JsonSerializable(typeof(LivenessShown))]
[JsonSerializable(typeof(DeliveryShown))]
internal sealed partial class ToolJson : JsonSerializerContext;
