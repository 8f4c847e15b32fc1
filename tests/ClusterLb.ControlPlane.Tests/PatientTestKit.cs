using Akka.TestKit.Xunit2;

namespace ClusterLb.ControlPlane.Tests;

/// <summary>
/// A test kit that waits for a message as long as a busy machine may need; for how long none is to come, each test says itself.
/// </summary>
/// <param name="settings">Of its system, in HOCON.</param>
public abstract class PatientTestKit(string settings = "") : TestKit("akka.test.single-expect-default = 20s\n" + settings);
