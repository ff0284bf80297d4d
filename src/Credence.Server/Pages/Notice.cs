namespace Credence.Server.Pages;

/// <summary>What a page says when it has nothing to show, or did not do what was asked.</summary>
/// <param name="Status">The HTTP status of the answer to a form; a page that is only looked at is always 200.</param>
/// <param name="Headline">What happened.</param>
/// <param name="Detail">What that means and what to do.</param>
public sealed record Notice(int Status, string Headline, string Detail)
{
    /// <summary>The page that says so.</summary>
    /// <param name="status">Another status than its own.</param>
    public IResult Page(int? status = null) => new Page<NoticePage>(status ?? Status, this);
}
