using System.Buffers.Text;
using System.Security.Cryptography;
using Credence.Keys;

namespace Credence.Agents;

/// <summary>Public keys that agents bring (contract agent-idp AE-04; design D19): points of P-256.</summary>
public static class AgentKey
{
    private const int Coordinate = 43; // characters of 32 bytes in base64url

    /// <summary>The key with these coordinates; null when they are no point of the curve.</summary>
    public static PublicJwk? Find(string x, string y)
    {
        if (x.Length != Coordinate || y.Length != Coordinate || !Base64Url.IsValid(x) || !Base64Url.IsValid(y)) return null;
        try
        {
            var point = new ECPoint { X = Base64Url.DecodeFromChars(x), Y = Base64Url.DecodeFromChars(y) };
            using var key = ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, Q = point });
            return PublicJwk.Ec(point);
        }
        catch (CryptographicException)
        {
            return null; // not on the curve
        }
    }
}
