using Credence.Policies;
using Credence.Server.Hosting.Settings;
using Credence.Telemetry;
using Microsoft.Extensions.Logging.Abstractions;

namespace Credence.Server.Hosting.Doctor;

/// <summary>The Open Policy Agent that decides, where one does: whether it answers as one.</summary>
internal static class PolicyEngineCheck
{
    private const string Check = "policies";

    /// <summary>Asks it about nobody.</summary>
    public static async Task RunAsync(SettingValues settings, TimeSpan patience, Examination found, CancellationToken ct)
    {
        if (settings.Of(PolicySettings.Backend) != PolicyEngine.Opa || settings.Of(PolicySettings.OpaUrl) is not { } url) return;
        using var metrics = new Metrics();
        using var opa = new Opa(new PolicyOptions { OpaUrl = url, OpaTimeout = patience }, metrics, NullLogger<Opa>.Instance);
        var answer = await opa.TryAsync(ct);
        if (!answer.Succeeded)
        {
            found.Found(
                Check, settings.Of(PolicySettings.OpaFallback) ? "the policy engine does not decide; the organizations' own rules do" : "the policy engine does not decide, so that every request for consent is denied",
                $"{url}: {answer.Failure.Detail}", "start the Open Policy Agent, open the way there from this machine, or correct OPA_URL");
        }

        found.Looked($"policies: {url}");
    }
}
