Console.WriteLine("mor");
