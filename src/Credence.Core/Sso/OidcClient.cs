namespace Credence.Sso;

/// <summary>This server as a client of one provider.</summary>
/// <param name="Issuer">The provider, as its owner wrote it.</param>
/// <param name="Id">The client's id there.</param>
/// <param name="Secret">The client's secret there.</param>
internal sealed record OidcClient(string Issuer, string Id, string Secret)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Id} at {Issuer}";
}

/// <summary>A code as a provider gave it.</summary>
/// <param name="Text">The code.</param>
/// <param name="RedirectUri">The address it was sent to, or null when none was said.</param>
/// <param name="Login">What belongs to the login.</param>
internal sealed record ReceivedCode(string Text, string? RedirectUri, LoginRequest Login);
