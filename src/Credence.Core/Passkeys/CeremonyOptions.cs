using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Credence.Organizations;

namespace Credence.Passkeys;

/// <summary>What a browser is told to do, in the JSON that <c>PublicKeyCredential.parse…OptionsFromJSON</c> reads (WebAuthn 5.1).</summary>
/// <param name="Challenge">What is to be signed.</param>
/// <param name="Json">All of it.</param>
public sealed record CeremonyOptions(PasskeyChallenge Challenge, string Json)
{
    private const int TimeoutMs = 60_000;

    private static readonly JsonWriterOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Make a credential (contract grantex-enterprise 10).</summary>
    /// <param name="challenge">The challenge; its details are the owner's handle.</param>
    /// <param name="shownAs">What the authenticator shows the owner as.</param>
    /// <param name="relyingParty">How the prompt names who asks.</param>
    /// <param name="enrolment">Who is enrolling: a person's own page asks for verification, since an answer without is refused; for a key the contract has it preferred.</param>
    /// <param name="there">What the owner has, which the authenticator shall not make again.</param>
    /// <param name="options">Whom for.</param>
    internal static CeremonyOptions Create(
        PasskeyChallenge challenge, string shownAs, string relyingParty, PasskeyEnrolment enrolment, IReadOnlyList<Passkey> there, PasskeyOptions options) => Write(challenge, json =>
    {
        json.WriteStartObject("rp");
        json.WriteString("name", relyingParty);
        json.WriteString("id", options.RelyingPartyId);
        json.WriteEndObject();
        json.WriteStartObject("user");
        json.WriteString("id", challenge.Details);
        json.WriteString("name", shownAs);
        json.WriteString("displayName", "");
        json.WriteEndObject();
        json.WriteStartArray("pubKeyCredParams");
        foreach (var algorithm in CoseKey.Offered)
        {
            json.WriteStartObject();
            json.WriteNumber("alg", algorithm);
            json.WriteString("type", "public-key");
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("timeout", TimeoutMs);
        json.WriteString("attestation", challenge.Owner.IsPerson ? "none" : "direct");
        Credentials(json, "excludeCredentials", there);
        json.WriteStartObject("authenticatorSelection");
        json.WriteString("residentKey", challenge.Owner.IsPerson ? "required" : "preferred"); // people sign in with it, without saying first who they are
        json.WriteBoolean("requireResidentKey", challenge.Owner.IsPerson);
        json.WriteString("userVerification", enrolment == PasskeyEnrolment.Key ? "preferred" : "required");
        json.WriteEndObject();
        json.WriteStartObject("extensions");
        json.WriteBoolean("credProps", true);
        json.WriteEndObject();
    });

    /// <summary>Use one of these.</summary>
    internal static CeremonyOptions Get(PasskeyChallenge challenge, IReadOnlyList<Passkey> allowed, PasskeyOptions options) => Write(challenge, json =>
    {
        json.WriteString("rpId", options.RelyingPartyId);
        Credentials(json, "allowCredentials", allowed);
        json.WriteNumber("timeout", TimeoutMs);
        json.WriteString("userVerification", challenge.Owner.IsPerson ? "required" : "preferred");
    });

    private static void Credentials(Utf8JsonWriter json, string name, IReadOnlyList<Passkey> passkeys)
    {
        json.WriteStartArray(name);
        foreach (var passkey in passkeys)
        {
            json.WriteStartObject();
            json.WriteString("id", passkey.CredentialId);
            json.WriteString("type", "public-key");
            json.WriteTexts("transports", passkey.Transports);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static CeremonyOptions Write(PasskeyChallenge challenge, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteString("challenge", Base64Url.EncodeToString(challenge.Value));
            write(json);
            json.WriteEndObject();
        }

        return new(challenge, Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
