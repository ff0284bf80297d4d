namespace Credence.Telemetry;

/// <summary>What the forward-auth door tells (contract forward-auth FA-1 to FA-3).</summary>
public sealed partial class Metrics
{
    /// <summary>Somebody registered, or tried.</summary>
    /// <param name="result"><c>created</c>, <c>conflict</c>, <c>invalid</c>, <c>limited</c> or <c>error</c>.</param>
    public void ForwardRegistered(string result) => _forwardAuth.Registered(result, times: 1);

    /// <summary>Somebody logged in, or tried.</summary>
    /// <param name="result"><c>ok</c>, <c>bad_credentials</c>, <c>invalid</c>, <c>limited</c>, <c>legacy</c> or <c>error</c>.</param>
    public void ForwardLoggedIn(string result) => _forwardAuth.LoggedIn(result, times: 1);

    /// <summary>A proxy asked about a token.</summary>
    /// <param name="result"><c>ok</c>, <c>missing</c>, <c>invalid</c>, <c>expired</c> or <c>error</c>.</param>
    /// <param name="took">How long the answer took.</param>
    public void ForwardVerified(string result, TimeSpan took)
    {
        _forwardAuth.Verified(result, times: 1);
        _forwardAuth.VerifyTook(took);
    }
}
