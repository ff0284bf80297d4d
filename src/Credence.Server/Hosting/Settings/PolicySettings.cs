using Credence.Policies;
using Credence.Storage;

namespace Credence.Server.Hosting.Settings;

/// <summary>Who decides by policy (contract grantex 8).</summary>
internal static class PolicySettings
{
    public static readonly Setting<PolicyEngine> Backend = new("POLICY_BACKEND", Engine)
    {
        Form = "builtin or opa",
        Default = "builtin",
        About = "Who decides by policy whether a person need be asked: the organizations' own rules, or an Open Policy Agent.",
    };

    public static readonly Setting<string?> OpaUrl = new("OPA_URL", Forms.HttpAddress)
    {
        Form = "an http or https address; `/v1/data/grantex/authz` is appended",
        About = "Where that agent is. It may be a private address.",
        RequiredWhen = "POLICY_BACKEND is opa",
    };

    public static readonly Setting<bool> OpaFallback = new("OPA_FALLBACK_TO_BUILTIN", Forms.Flag)
    {
        Form = "true or false",
        Default = "false",
        About = "Whether the organizations' own rules decide when the agent gives no usable answer within 5 seconds. `false` denies.",
    };

    public static readonly SettingGroup Group = new("Policies", [Backend, OpaUrl, OpaFallback]);

    private static PolicyEngine Engine(string text) =>
        Words.Find<PolicyEngine>(text) ?? throw new FormatException("must be builtin or opa");
}
