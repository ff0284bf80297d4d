namespace Credence.People;

/// <summary>How ids of people are given.</summary>
public sealed class PeopleOptions
{
    /// <summary><c>SNOWFLAKE_NODE_ID</c>: the node whose ids this process gives, if no other process does; then it takes the next free one.</summary>
    public int Node { get; set; } = 1;
}
