using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Credence.Organizations;
using Credence.Storage;

namespace Credence.Sso;

/// <summary>An organization asks whether a connection could work: the provider is asked now, whatever this node remembers of it (contract grantex-enterprise 4.1).</summary>
public sealed class TestConnection(Db db, Providers providers)
{
    /// <summary>What came of it.</summary>
    /// <param name="Connection">The connection.</param>
    /// <param name="Metadata">What the provider says of itself; null for another protocol than OpenID Connect, or when it failed.</param>
    /// <param name="Problem">Why it would not work; null when it would.</param>
    public sealed record Output(Connection Connection, ProviderMetadata? Metadata, string? Problem);

    /// <returns>What came of it; or that there is no such connection.</returns>
    public async Task<Result<Output>> RunAsync(ApiCaller caller, Id<Connection> id, CancellationToken ct)
    {
        if (await ConnectionStore.FindAsync(db, caller.Organization, id, ct) is not { } connection) return SsoFailures.ConnectionNotFound;
        if (connection.Issuer is not { } issuer) return new Output(connection, null, Problem(connection));
        var provider = providers.New(issuer);
        var metadata = await provider.MetadataAsync(ct);
        if (!metadata.Succeeded) return new Output(connection, null, metadata.Failure.Detail);
        var keys = await provider.KeysAsync(ct);
        return new Output(connection, metadata.Value, keys.Failure?.Detail);
    }

    private static string? Problem(Connection connection) => connection.Protocol == SsoProtocol.Saml
        ? CertificateProblem(connection.Settings[ProtocolField.IdpCertificate])
        : "Signing on with LDAP is not configured on this server";

    /// <summary>The certificate may be PEM, or the base64 that stands in SAML metadata.</summary>
    private static string? CertificateProblem(string text)
    {
        try
        {
            using var certificate = text.Contains("-----BEGIN", StringComparison.Ordinal)
                ? X509Certificate2.CreateFromPem(text)
                : X509CertificateLoader.LoadCertificate(Convert.FromBase64String(text));
            return null;
        }
        catch (Exception error) when (error is CryptographicException or FormatException)
        {
            return "idpCertificate is not an X.509 certificate";
        }
    }
}
