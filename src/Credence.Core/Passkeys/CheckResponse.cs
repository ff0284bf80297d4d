using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Credence.Passkeys;

/// <summary>What a ceremony that made a credential came to.</summary>
/// <param name="Made">The credential.</param>
/// <param name="Data">What the authenticator made sure of.</param>
/// <param name="Attestation">What is known of its make.</param>
internal sealed record CheckedEnrolment(NewCredential Made, AuthenticatorData Data, Attestation Attestation);

/// <summary>Checks answers to challenges. It asks nobody and changes nothing: whether a counter went on is the store's to say.</summary>
internal static class CheckResponse
{
    /// <summary>A new credential (WebAuthn 7.1).</summary>
    public static Result<CheckedEnrolment> OfEnrolment(EnrolmentResponse response, ReadOnlySpan<byte> challenge, PasskeyOptions options)
    {
        if (ClientData.Check(response.ClientData, ClientData.Create, challenge, options) is { } refused) return refused;
        try
        {
            if (Cbor.Read(response.AttestationObject) is not Dictionary<object, object?> attestation
                || attestation.GetValueOrDefault("authData") is not ReadOnlyMemory<byte> bytes
                || attestation.GetValueOrDefault("fmt") is not string format
                || attestation.GetValueOrDefault("attStmt") is not Dictionary<object, object?> statement)
            {
                return PasskeyFailures.Malformed("response.attestationObject");
            }

            var data = AuthenticatorData.Read(bytes);
            if (Check(data, options) is { } unfit) return unfit;
            if (data.New is not { } made || Base64Url.EncodeToString(made.Id.Span) != response.CredentialId) return PasskeyFailures.OtherCredential;
            using var key = CoseKey.Read(made.PublicKey);
            var judged = AttestationStatement.Check(format, statement, Signed(bytes, response.ClientData), made, key);
            return judged.Succeeded ? new CheckedEnrolment(made, data, judged.Value) : judged.Failure;
        }
        catch (FormatException)
        {
            return PasskeyFailures.Malformed("response.attestationObject");
        }
    }

    /// <summary>A credential used (WebAuthn 7.2).</summary>
    public static Result<AuthenticatorData> OfAssertion(AssertionResponse response, Passkey passkey, ReadOnlySpan<byte> challenge, PasskeyOptions options)
    {
        if (ClientData.Check(response.ClientData, ClientData.Get, challenge, options) is { } refused) return refused;
        if (response.UserHandle is { } handle && handle != passkey.UserHandle) return PasskeyFailures.OtherCredential;
        try
        {
            var data = AuthenticatorData.Read(response.AuthenticatorData);
            if (Check(data, options) is { } unfit) return unfit;
            if (data.Flags.HasFlag(AuthenticatorFlags.BackupEligible) != passkey.BackupEligible) return PasskeyFailures.OtherBackup;
            using var key = CoseKey.Read(passkey.PublicKey);
            return key.Verify(Signed(response.AuthenticatorData, response.ClientData), response.Signature.Span) ? data : PasskeyFailures.BadSignature;
        }
        catch (FormatException)
        {
            return PasskeyFailures.Malformed("response.authenticatorData");
        }
    }

    /// <summary>What holds of both: it is for us, somebody was there, and it was the owner.</summary>
    private static Failure? Check(AuthenticatorData data, PasskeyOptions options)
    {
        if (!CryptographicOperations.FixedTimeEquals(data.RelyingParty.Span, SHA256.HashData(Encoding.UTF8.GetBytes(options.RelyingPartyId)))) return PasskeyFailures.OtherRelyingParty;
        if (!data.Flags.HasFlag(AuthenticatorFlags.UserPresent)) return PasskeyFailures.NobodyPresent;
        if (!data.Flags.HasFlag(AuthenticatorFlags.UserVerified)) return PasskeyFailures.NotVerified;
        var isContradiction = data.Flags.HasFlag(AuthenticatorFlags.BackedUp) && !data.Flags.HasFlag(AuthenticatorFlags.BackupEligible);
        return isContradiction ? PasskeyFailures.OtherBackup : null;
    }

    private static byte[] Signed(ReadOnlyMemory<byte> authenticatorData, ReadOnlyMemory<byte> clientData) =>
        [.. authenticatorData.Span, .. SHA256.HashData(clientData.Span)];
}
