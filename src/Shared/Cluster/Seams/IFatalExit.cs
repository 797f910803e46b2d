namespace MoR.Cluster.Seams;

/// <summary>Ends the process where going on would break a law (a failure inside a step commit).</summary>
public interface IFatalExit
{
    /// <summary>Does not return in production; in the simulator it kills the actor's process.</summary>
    void Die(string reason, Exception cause);
}
